package import Agent

extension TestApi {
    /// What `world` has, for `sluice check`.
    package static var world: TestApi {
        func methods(_ list: [ScriptMethod], _ results: [String: String] = [:]) -> [String: String?] {
            Dictionary(list.map { ($0.name, results[$0.name]) }) { first, _ in first }
        }
        let clusters: [String: String?] = ["source": "the source", "target": "the target"]
        let cluster = Members(methods: methods(ClusterMethod.all.map(\.method)))
        return TestApi(
            root: "world",
            kinds: [
                "world": Members(
                    fields: clusters.merging(["clock": "world.clock"]) { first, _ in first },
                    methods: methods(WorldScript.methods, ["run": "the result", "at": "the moment"])),
                "the moment": Members(fields: clusters),
                "the source": cluster, "the target": cluster,
                // What time it is can be asked either way.
                "world.clock": Members(fields: ["now_ms": String?.none], methods: methods(WorldScript.clockMethods)),
                "the result": Members(
                    fields: Dictionary(ResultScript.fields.map { ($0, String?.none) }) { first, _ in first },
                    methods: methods(ResultScript.methods)),
            ])
    }
}

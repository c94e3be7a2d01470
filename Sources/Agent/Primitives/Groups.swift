import KafkaWire
import Gate
import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let groups = Primitive(
        "groups", "The groups of the cluster: every broker is asked, and one that does not answer fails the whole list.",
        apis: ["ListGroups (DESCRIBE on the cluster, or only some groups are seen)"],
        parameters: [
            Parameter(
                "pattern", .strings,
                "Names or globs; a leading `!` excludes. A name that is not listed and a glob that matches nothing are "
                    + "failed rows."),
            Parameter("states", .strings, "Only groups in these states, such as `empty` or `stable`."),
            Parameter("types", .strings, "Only groups of these types: classic, consumer, share, streams."),
        ],
        fields: [
            Field("group", "string", "The group's id."),
            Field("type", "string", "classic, consumer, share, streams, or `untold` by brokers too old to know."),
            Field("state", "string?", "Lower case; nil where the brokers are too old to tell."),
            Field("protocol", "string", "`consumer`, `connect`, …; empty for a group that only commits."),
        ]
    ) { question throws(KafkaError) in
        return question.groupRows(
            try await question.cluster.cluster.groups(question.context))
    }
}

extension Question {
    fileprivate func groupRows(_ all: [GroupListing]) -> RowList {
        let states = strings("states")
        let types = strings("types")
        var listed = all
        var nothing: [(pattern: String, error: KafkaError)] = []
        if let patterns = strings("pattern") {
            do {
                let list = try GlobList(patterns.map { ByteString($0) })
                let selection = list.select(from: all.map { GlobList.Candidate(ByteString($0.group)) })
                let names = Set(selection.names)
                listed = all.filter { names.contains(ByteString($0.group)) }
                nothing = selection.unmatched.map { pattern in
                    (
                        pattern.description,
                        KafkaError(
                            .broker(.groupIDNotFound, message: "\(pattern) matches no group that can be seen here"),
                            api: "ListGroups")
                    )
                }
            } catch {
                return failure(KafkaError(.malformed("\(error)")))
            }
        }
        if let states { listed = listed.filter { group in group.state.map(states.contains) ?? false } }
        if let types { listed = listed.filter { types.contains($0.type.rawValue) } }
        let (found, missing) = (listed, nothing)
        let failures = missing.enumerated().map { RowFailure(index: found.count + $0, error: $1.error) }
        return rows(found.count + missing.count, failures: failures) { index in
            guard index < found.count else {
                let entry = missing[index - found.count]
                return Row(["group": .text(entry.pattern)], error: entry.error)
            }
            return Row([
                "group": .text(found[index].group), "type": .text(found[index].type.rawValue),
                "state": Value(found[index].state), "protocol": .text(found[index].protocolType),
            ])
        }
    }
}

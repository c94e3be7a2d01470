import EmbeddedKafka
import HostSystem

/// The plan of the demo and the client configurations that it names.
struct DemoFiles: Sendable {
    /// By path.
    private(set) var texts: [String: String]
    let plan: String
    /// The evidence of the freeze, once there is one.
    private(set) var freeze: String?
    private let folder: String

    /// Files in a folder that need not be there: see ``added(to:)``.
    init(_ clusters: DemoClusters, in folder: String) {
        self.folder = folder
        plan = folder + "/plan.lua"
        var texts = [plan: Self.plan(clusters, folder)]
        for user in DemoClusters.users {
            for (side, cluster) in [("source", clusters.source), ("target", clusters.target)] {
                texts["\(folder)/\(user)-\(side).properties"] = """
                    bootstrap.servers=\(cluster.bootstrap(.sasl))
                    security.protocol=SASL_PLAINTEXT
                    sasl.mechanism=PLAIN
                    sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
                    username="\(user)" password="${file:passwords.properties:\(user)}";

                    """
            }
        }
        texts["\(folder)/passwords.properties"] = clusters.passwords.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)\n" }.joined()
        self.texts = texts
    }

    /// Adds the evidence of the freeze; without a path, in the folder of the plan.
    mutating func add(freeze text: String, at path: String? = nil) {
        let path = path ?? folder + "/freeze.jsonl"
        texts[path] = text
        freeze = path
    }

    /// The host as if these files were there.
    func added(to host: HostSystem) -> HostSystem {
        var changed = host
        changed.read = { [texts] path, limit throws(FileError) in
            if let text = texts[path] { return Array(text.utf8) }
            return try host.read(path, limit)
        }
        return changed
    }

    /// What a text is between the quotes of Lua.
    private static func quoted(_ text: String) -> String {
        String(
            decoding: text.utf8.flatMap { byte -> [UInt8] in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "\n"): [UInt8(ascii: "\\"), byte]
                default: [byte]
                }
            }, as: UTF8.self)
    }

    private static func plan(_ clusters: DemoClusters, _ path: String) -> String {
        let folder = quoted(path)
        func side(_ name: String, _ cluster: EmbeddedCluster) -> String {
            """
            \(name) = {
                bootstrap = "\(cluster.bootstrap(.sasl))",
                config = "\(folder)/admin-\(name).properties",
                cluster_id = "\(cluster.read { $0.clusterID })",
              },
            """
        }
        func principal(_ user: String) -> String {
            """
            \(user) = { source = "\(folder)/\(user)-source.properties", target = "\(folder)/\(user)-target.properties" },
            """
        }
        return """
            local topics = { \(DemoTopics.names.map { "\"\($0)\"" }.joined(separator: ", ")) }
            local groups = { \(DemoClusters.groups.map { "\"\($0)\"" }.joined(separator: ", ")) }

            return {
              name = "demo",
              \(side("source", clusters.source))
              \(side("target", clusters.target))
              principals = {
                \(principal("billing"))
                \(principal("shipping"))
              },
              contracts = {
                analytics = { restart = "replay accepted" },
                billing = { max_redelivery = 100, restart = "translated" },
                shipping = { max_redelivery = 500, restart = "translated" },
              },
              gates = {
                { gate = "inv_acls" },
                { gate = "inv_quotas" },
                { gate = "inv_credentials" },
                { gate = "cluster_identity" },
                { gate = "bootstrap_reachability" },
                { gate = "auth_probe", args = { topics = { "orders" }, operations = { "read", "describe" } } },
                { gate = "acl_parity" },
                -- shipping's login is what auth_probe is about.
                { gate = "effective_permission", args = {
                  principals = { "billing" }, topics = { "orders", "payments" }, groups = { "billing" } } },
                { gate = "least_privilege" },
                { gate = "quota_parity" },
                { gate = "partition_parity", args = { topics = topics } },
                { gate = "decode_test", args = { topics = topics, format = "json" } },
                { gate = "lag_budget", args = { groups = groups, max_lag = 10 } },
                { gate = "offset_translation", args = { groups = groups } },
                { gate = "offset_sync_fresh", args = { topics = topics, groups = groups } },
                { gate = "record_parity", args = { topics = topics } },
                { gate = "topic_digest", args = { topics = topics } },
                -- Runs first and by itself: its evidence is what the others are given with --freeze.
                { gate = "freeze_capture", args = { topics = topics, groups = groups } },
                -- These shops are busy and their groups commit at once: a moment tells what takes half a minute
                -- elsewhere.
                { gate = "writes_frozen", args = { topics = topics, quiet = "200ms" } },
                { gate = "replication_drained", args = { topics = topics } },
                { gate = "no_open_transactions", args = { topics = topics } },
                { gate = "source_group_quiesced", args = { groups = groups, quiet = "200ms" } },
                { gate = "resume_probe", args = { groups = groups } },
                -- customers is compacted: its records go by their keys, and no clock can tell when.
                { gate = "rollback_window", args = {
                  topics = { \(DemoTopics.expiring.map { "\"\($0)\"" }.joined(separator: ", ")) }, groups = groups,
                  min_left = "1d" } },
                -- tls_valid has nothing to judge here: there is no TLS on these listeners.
              },
            }

            """
    }
}

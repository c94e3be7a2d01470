import KafkaWire
import Testing

/// Topics, the cluster and its settings.
extension Conformance {
    func topics() async throws {
        typealias C = Conformance
        try await creation()
        for name in ["orders", "empty"] {
            try await once("the id of \(name)", { _ in C.metadata([name]) }) { side, answer in
                if let id = answer.topics.first?.topicID { side.keep(id, of: name) }
            }
        }
        try await ask("one topic", C.metadata(["orders"]))
        try await ask("with authorized operations", C.metadata(["orders", "empty"], operations: true))
        try await ask("with those of the cluster", in: 8...10, C.metadata([], cluster: true))
        try await ask("no topic", C.metadata([]))
        try await ask("all topics", C.metadata(nil))
        try await ask("an unknown topic", C.metadata(["nowhere"]))
        try await ask("a known and an unknown topic", C.metadata(["nowhere", "orders"]))
        for name in ["", ".", "..", "a b", String(repeating: "x", count: 250)] {
            try await ask("a topic named ‘\(name.prefix(9))’", C.metadata([name]))
        }
        try await ask("a topic by id", in: 12...12) { side, _ in
            MetadataRequest.with {
                $0.allowAutoTopicCreation = false
                $0.topics = [
                    .with {
                        $0.topicID = side.id(of: "orders")
                        $0.name = nil
                    }
                ]
            }
        }
        try await ask(
            "an unknown topic id", in: 12...12,
            MetadataRequest.with {
                $0.topics = [
                    .with {
                        $0.topicID = KafkaUUID(high: 7, low: 9)
                        $0.name = nil
                    }
                ]
            })
        try await cluster()
        try await settings()
    }

    private func creation() async throws {
        typealias C = Conformance
        try await ask("creation") { _, version in
            C.createTopics(
                ["made-\(version)"], partitions: 2, ["retention.ms": "3600000", "cleanup.policy": "compact"])
        }
        try await ask("by defaults", in: 4...7) { _, version in
            C.createTopics(["default-\(version)"], partitions: -1, replication: -1)
        }
        try await ask("of a topic that is there") { _, version in C.createTopics(["made-\(version)"]) }
        try await ask("checked only") { _, _ in C.createTopics(["checked"], partitions: 3, validateOnly: true) }
        try await ask("named wrongly", C.createTopics(["a b"]))
        try await ask("without a name", C.createTopics([""]))
        try await ask("without partitions", C.createTopics(["none"], partitions: 0))
        try await ask("with -2 partitions", C.createTopics(["none"], partitions: -2))
        try await ask("without replicas", C.createTopics(["none"], replication: 0))
        try await ask("with more replicas than brokers", C.createTopics(["none"], replication: 5))
        try await ask("twice at once", C.createTopics(["twice", "twice"]))
        try await ask("with an unknown setting", C.createTopics(["none"], ["no.such.setting": "1"]))
        try await ask("with a setting that is no number", C.createTopics(["none"], ["retention.ms": "soon"]))
        try await ask("with a setting of null", C.createTopics(["none"], ["retention.ms": nil]))
        try await ask("with a setting out of range", C.createTopics(["none"], ["min.insync.replicas": "0"]))
        try await ask("with a policy that there is none of", C.createTopics(["none"], ["cleanup.policy": "forget"]))
        try await ask("with nothing to do", C.createTopics([]))
        try await ask("with replicas that skip a partition", Self.assigned([0: [1], 2: [1]]))
        try await ask("with replicas on an unknown broker", Self.assigned([0: [9]]))
        try await ask("with a replica twice", Self.assigned([0: [1, 1]]))
        try await ask("with no replica", Self.assigned([0: []]))
        try await ask("with replicas named", { _, version in Self.assigned([0: [1], 1: [1]], "assigned-\(version)") })
        try await once("of those that are used below") { _ in C.createTopics(["orders"], partitions: 3) }
        try await once("of the others") { _ in C.createTopics(["empty", "transfers", "trimmed", "doomed", "ledger"]) }
        try await once("stamped by the broker") { _ in
            C.createTopics(["stamped"], ["message.timestamp.type": "LogAppendTime"])
        }
        try await once("for small batches") { _ in C.createTopics(["small"], ["max.message.bytes": "200"]) }
        try await once("to be compacted") { _ in
            C.createTopics(
                ["compacted"],
                [
                    "cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.001",
                    "max.compaction.lag.ms": "100", "delete.retention.ms": "86400000",
                ])
        }
        try await deletion()
    }

    private func deletion() async throws {
        typealias C = Conformance
        try await ask("of a topic", in: 1...5) { _, version in
            DeleteTopicsRequest.with {
                $0.topicNames = version < 4 ? ["made-\(version + 1)", "nowhere"] : ["made-6", "made-6"]
                $0.timeoutMs = 10_000
            }
        }
        try await ask("of no topic", DeleteTopicsRequest.with { $0.timeoutMs = 10_000 })
        try await ask("by an unknown id or name", in: 6...6) { _, _ in
            DeleteTopicsRequest.with {
                $0.timeoutMs = 10_000
                $0.topics = [.with { $0.topicID = KafkaUUID(high: 7, low: 9) }, .with { $0.name = "nowhere" }]
            }
        }
        try await once("the id of doomed", { _ in C.metadata(["doomed"]) }) { side, answer in
            if let id = answer.topics.first?.topicID { side.keep(id, of: "doomed") }
        }
        try await ask("by its id", in: 6...6) { side, _ in
            DeleteTopicsRequest.with {
                $0.timeoutMs = 10_000
                $0.topics = [.with { $0.topicID = side.id(of: "doomed") }]
            }
        }
        try await ask("what became of it", C.metadata(["doomed"]))
    }

    private static func assigned(_ replicas: KeyValuePairs<Int32, [Int32]>, _ name: String = "none")
        -> CreateTopicsRequest
    {
        .with {
            $0.topics = [
                .with {
                    $0.name = name
                    $0.numPartitions = -1
                    $0.replicationFactor = -1
                    $0.assignments = replicas.map { replica in
                        .with {
                            $0.partitionIndex = replica.key
                            $0.brokerIDs = replica.value
                        }
                    }
                }
            ]
        }
    }

    private func cluster() async throws {
        try await ask("the cluster", DescribeClusterRequest())
        try await ask(
            "the cluster's operations", DescribeClusterRequest.with { $0.includeClusterAuthorizedOperations = true })
        try await ask("the controllers", in: 1...2, DescribeClusterRequest.with { $0.endpointType = 2 })
        try await ask("endpoints of no kind", in: 1...2, DescribeClusterRequest.with { $0.endpointType = 7 })
        try await ask(
            "fenced brokers as well", in: 2...2, DescribeClusterRequest.with { $0.includeFencedBrokers = true })
        try await ask("all reassignments", ListPartitionReassignmentsRequest.with { $0.topics = nil })
        try await ask(
            "reassignments of a topic",
            ListPartitionReassignmentsRequest.with {
                $0.topics = [
                    .with {
                        $0.name = "orders"
                        $0.partitionIndexes = [0, 9]
                    }
                ]
            })
        try await ask("the folders of no topic", DescribeLogDirsRequest.with { $0.topics = [] })
        try await ask(
            "the folders of an unknown topic",
            DescribeLogDirsRequest.with {
                $0.topics = [
                    .with {
                        $0.name = "nowhere"
                        $0.partitions = [0]
                    },
                    .with {
                        $0.name = "empty"
                        $0.partitions = [0, 7]
                    },
                ]
            })
        try await ask("all quotas", DescribeClientQuotasRequest())
        try await ask(
            "quotas of a user",
            DescribeClientQuotasRequest.with {
                $0.components = [
                    .with {
                        $0.entityType = "user"
                        $0.match = "alice"
                    }
                ]
            })
        try await ask("all credentials", DescribeUserScramCredentialsRequest.with { $0.users = nil })
        try await ask(
            "credentials of some",
            DescribeUserScramCredentialsRequest.with {
                $0.users = ["alice", "nobody"].map { name in .with { $0.name = name } }
            })
        try await ask(
            "credentials of one twice",
            DescribeUserScramCredentialsRequest.with {
                $0.users = ["alice", "alice"].map { name in .with { $0.name = name } }
            })
    }

    private func settings() async throws {
        typealias C = Conformance
        for synonyms in [false, true] {
            try await ask("of a topic, synonyms \(synonyms)", C.describeConfigs(2, "orders", synonyms: synonyms))
            try await ask("of a topic with its own", C.describeConfigs(2, "compacted", synonyms: synonyms))
        }
        try await ask("one of a topic", C.describeConfigs(2, "orders", keys: ["retention.ms", "no.such"]))
        try await ask("none of a topic", C.describeConfigs(2, "orders", keys: []))
        try await ask("of an unknown topic", C.describeConfigs(2, "nowhere"))
        try await ask("of a topic named wrongly", C.describeConfigs(2, "a b"))
        try await ask("of a topic without a name", C.describeConfigs(2, ""))
        try await ask("of another broker", C.describeConfigs(4, "77"))
        try await ask("of a broker that is no number", C.describeConfigs(4, "one"))
        try await ask("of all brokers", C.describeConfigs(4, ""))
        try await ask("of nothing", C.describeConfigs(3, "orders"))
        try await ask("of no kind of thing", C.describeConfigs(99, "orders"))
        try await ask("of nothing at all", DescribeConfigsRequest())
        try await brokerConfigs()
    }

    /// Every setting of a real broker that is not said in its `server.properties`, and some that are.
    private func brokerConfigs() async throws {
        typealias C = Conformance
        let known = try await learn(C.describeConfigs(4, "1"))?.results.first?.configs ?? []
        let keys = known.filter { $0.configSource != 4 }.map(\.name)
        #expect(keys.count > 250)
        for synonyms in [false, true] {
            try await ask(
                "of a broker, synonyms \(synonyms)",
                C.describeConfigs(4, "1", keys: keys + ["node.id", "auto.create.topics.enable"], synonyms: synonyms))
        }
    }
}

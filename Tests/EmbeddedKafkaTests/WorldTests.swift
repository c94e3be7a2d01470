import EmbeddedKafka
import KafkaWire
import Testing

@Suite struct WorldTests {
    @Test("Retention takes whole batches by age and size, once the clock has come so far")
    func retention() async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("aged", settings: ["retention.ms": "1000"])
                state.createTopic("sized", settings: ["retention.bytes": "700", "retention.ms": "-1"])
                state.createTopic("kept", settings: ["cleanup.policy": "compact", "retention.ms": "1"])
                for topic in ["aged", "sized", "kept"] {
                    try state.append(records(2, size: 200), to: topic)
                    state.nowMs += 600
                    try state.append(records(2, size: 200), to: topic)
                    state.nowMs -= 600
                }
            }
            cluster.advance(ms: 1000)
            func starts() -> [Int64?] {
                ["aged", "sized", "kept"].map { t in cluster.read { $0.log(of: t)?.bounds.start } }
            }
            #expect(starts() == [0, 0, 0])
            cluster.advance(ms: 1)
            #expect(starts() == [2, 0, 0])
            cluster.advance(ms: 600)
            #expect(starts() == [4, 0, 0])
            try cluster.change { _ = try $0.append(records(1, size: 400), to: "sized") }
            cluster.advance(ms: 1)
            #expect(starts() == [4, 2, 0])
        }
    }

    @Test("A log that retention has emptied begins and ends where the next record goes, however far that is")
    func beginning() async throws {
        try await withCluster { cluster async throws in
            let first = try cluster.change { state in
                state.createTopic("orders")
                state.begin("orders", at: .max - 10)
                defer { state.begin("orders", at: 5) }
                return try state.append(records(9), to: "orders")
            }
            #expect(first == .max - 10)
            #expect(try await cluster.ask(ListOffsetsRequest.one("orders", at: -2))?.first?.offset == .max - 10)
            #expect(try await cluster.ask(ListOffsetsRequest.one("orders", at: -1))?.first?.offset == .max - 1)
            let below = try await cluster.ask(FetchRequest.one("orders", from: 7))
            #expect(below?.first?.error == .offsetOutOfRange)
        }
    }

    @Test("A leader that moves unannounced leaves Metadata stale until it is announced")
    func staleMetadata() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            cluster.change { state in
                state.createTopic("orders", replication: 2)
                state.moveLeader(of: "orders", 0, to: 2, announced: false)
            }
            func told() async throws -> MetadataResponse.Partition? {
                try await cluster.ask(MetadataRequest.with { $0.topics = nil })?.topics.first?.partitions.first
            }
            #expect(try await told()?.leaderID == 1)
            #expect(try await told()?.leaderEpoch == 0)
            #expect(
                try await cluster.ask(ListOffsetsRequest.one("orders", at: -1))?.first?.error == .notLeaderOrFollower)
            cluster.change { $0.announceLeaders() }
            #expect(try await told()?.leaderID == 2)
            #expect(try await told()?.leaderEpoch == 1)
        }
    }

    @Test("A hidden topic is unknown to every API that would name it")
    func hidden() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders")
                state.hide("orders")
            }
            #expect(try await cluster.ask(MetadataRequest.with { $0.topics = nil })?.topics.isEmpty == true)
            let named = MetadataRequest.with { $0.topics = [.with { $0.name = "orders" }] }
            #expect(try await cluster.ask(named)?.topics.first?.error == .unknownTopicOrPartition)
            #expect(
                try await cluster.ask(ListOffsetsRequest.one("orders", at: -1))?.first?.error
                    == .unknownTopicOrPartition)
        }
    }

    @Test("Topics are created and deleted as asked, or refused with Kafka's error")
    func topics() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            func create(
                _ name: String, partitions: Int32 = 3, replication: Int16 = 2, _ config: (String, String)? = nil
            ) async throws -> KafkaErrorCode? {
                let request = CreateTopicsRequest.with { request in
                    request.topics = [
                        .with {
                            $0.name = name
                            $0.numPartitions = partitions
                            $0.replicationFactor = replication
                            if let config {
                                $0.configs = [
                                    .with {
                                        $0.name = config.0
                                        $0.value = config.1
                                    }
                                ]
                            }
                        }
                    ]
                }
                return try await cluster.ask(request)?.topics.first?.error
            }
            #expect(try await create("orders", ("retention.ms", "5")) == KafkaErrorCode.none)
            #expect(try await create("orders") == .topicAlreadyExists)
            #expect(try await create("a b") == .invalidTopicException)
            #expect(try await create("none", partitions: 0) == .invalidPartitions)
            #expect(try await create("none", replication: 3) == .invalidReplicationFactor)
            #expect(try await create("none", ("nonsense", "5")) == .invalidConfig)

            let described = try await cluster.ask(
                DescribeConfigsRequest.with {
                    $0.resources = [
                        .with {
                            $0.resourceType = 2
                            $0.resourceName = "orders"
                            $0.configurationKeys = nil
                        }
                    ]
                })
            let configs = try #require(described?.results.first?.configs)
            #expect(configs.first { $0.name == "retention.ms" }?.value == "5")
            #expect(configs.first { $0.name == "retention.ms" }?.configSource == 1)
            #expect(configs.first { $0.name == "segment.bytes" }?.configSource == 5)

            let deleted = try await cluster.ask(
                DeleteTopicsRequest.with { $0.topicNames = ["orders", "none"] }, 5)
            #expect(deleted?.responses.map(\.error) == [.none, .unknownTopicOrPartition])
            #expect(cluster.read { $0.topics.isEmpty })
        }
    }
}

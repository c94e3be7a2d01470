import EmbeddedClusters
import KafkaClient
import KafkaWire
import ScriptedBroker
import Testing
import Transport

/// Answers that contradict the question or themselves, which no Kafka gives: their brokers are scripted.
@Suite struct UntrueAnswersTests {
    private let clock = VirtualClock()

    @Test("a partition that an answer leaves out is an error, and one it adds is none of ours")
    func incomplete() async throws {
        var model = ClusterModel()
        model.topics["orders"] = .init((0..<3).map { .init(end: $0) })
        try await Self.with(model) { cluster, client in
            cluster.amend(ListOffsetsRequest.self) { response, _ in
                response.topics[0].partitions.removeAll { $0.index == 1 }
                for (index, offset) in [(99, 1), (0, 12345)] {
                    response.topics[0].partitions.append(
                        .with {
                            $0.index = Int32(index)
                            $0.offset = Int64(offset)
                        })
                }
            }
            let partitions = (0..<3).map { TopicPartition("orders", $0) }
            let found = await Self.ends(client, partitions, clock.within(.seconds(60)))
            #expect(found.map(\.value) == [0, nil, 2])
            #expect(found[1].error?.name == "protocol")
        }
    }

    @Test("an answer about another group is none")
    func wrongKey() async throws {
        try await Self.with { cluster, client in
            cluster.amend(FindCoordinatorRequest.self) { response, _ in response.coordinators[0].key = "x" }
            let error = await failure { try await client.coordinator(of: "g", clock.within(.seconds(60))) }
            #expect(error?.name == "protocol" && error?.api == "FindCoordinator")
        }
    }

    @Test(
        "an answer without brokers, or with one that has no port, is not taken for the whole cluster",
        arguments: [true, false])
    func brokersMissing(empty: Bool) async throws {
        try await Self.with { cluster, client in
            _ = try await client.metadata(of: [], clock.within(.seconds(60)))
            cluster.amend(MetadataRequest.self) { response, _ in
                if empty { response.brokers = [] } else { response.brokers[0].port = 99_999 }
            }
            let error = await failure {
                try await client.askEveryBroker(ListGroupsRequest.self, clock.within(.seconds(60))) { _ in
                    .init()
                } read: {
                    $0.node
                }
            }
            #expect(error != nil && error?.api == "Metadata")
        }
    }

    @Test(
        "a topic whose partitions are not those from 0 on, each once, is not taken for the whole topic",
        arguments: [[0, 1, 3], [0, 0, 1], [-1, 0, 1], [1, 2, 3]] as [[Int32]])
    func partitionsMissing(indices: [Int32]) async throws {
        var model = ClusterModel()
        model.topics["orders"] = .init(partitions: 3)
        model.topics["whole"] = .init(partitions: 1)
        try await Self.with(model) { cluster, client in
            cluster.amend(MetadataRequest.self) { response, _ in
                for topic in response.topics.indices where response.topics[topic].partitions.count == 3 {
                    for place in 0..<3 { response.topics[topic].partitions[place].index = indices[place] }
                }
            }
            for names in [["orders"], nil] as [Set<String>?] {
                let error = await failure { try await client.metadata(of: names, clock.within(.seconds(60))) }
                #expect(error?.name == "protocol" && error?.message.contains("orders") == true)
            }
            let metadata = try await client.metadata(of: ["whole"], clock.within(.seconds(60)))
            #expect(metadata.topics["whole"]?.partitions.count == 1)
        }
    }

    // MARK: -

    private static func with(
        _ model: ClusterModel = ClusterModel(),
        _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        try await ScriptedCluster.with(model) { cluster in
            try await cluster.withClient { try await body(cluster, $0) }
        }
    }

    private static func ends(
        _ client: KafkaCluster, _ partitions: [TopicPartition], _ context: CallContext
    ) async -> [Measured<Int64>] {
        await client.askLeaders(ListOffsetsRequest.self, of: partitions, context) { _, questions in
            .with { request in
                request.topics = [
                    .with {
                        $0.name = "orders"
                        $0.partitions = questions.map { question in
                            .with { $0.index = question.partition.partition }
                        }
                    }
                ]
            }
        } read: { response in
            response.topics.flatMap { topic in
                topic.partitions.map { (TopicPartition(topic.name, $0.index), .success($0.offset)) }
            }
        }
    }
}

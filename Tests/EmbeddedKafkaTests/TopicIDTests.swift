import EmbeddedKafka
import KafkaRecords
import KafkaWire
import Testing

/// Requests that name topics by id.
@Suite struct TopicIDTests {
    private static let unknown = KafkaUUID(high: 1, low: 2)

    /// A cluster with `orders` of three records, and the topic's id.
    private func withOrders<R: Sendable>(
        brokers: Int = 1, _ body: @Sendable (EmbeddedCluster, KafkaUUID) async throws -> R
    ) async throws -> R {
        try await withCluster(brokers: brokers) { cluster async throws in
            let id = try cluster.change { state in
                state.createTopic("orders")
                try state.append(records(3), to: "orders")
                return state.topics["orders"]?.id ?? .zero
            }
            return try await body(cluster, id)
        }
    }

    private static func fetch(_ id: KafkaUUID) -> FetchRequest {
        var request = FetchRequest.one("", from: 0)
        request.topics[0].topicID = id
        return request
    }

    @Test("A log is read by the topic's id; an id that nobody has is told", arguments: Int16(13)...18)
    func fetch(version: Int16) async throws {
        try await withOrders { cluster, id async throws in
            let answer = try #require(try await cluster.ask(Self.fetch(id), version))
            #expect(answer.responses.first?.topicID == id)
            #expect(answer.first?.highWatermark == 3 && answer.first?.records?.isEmpty == false)
            let none = try #require(try await cluster.ask(Self.fetch(Self.unknown), version)?.first)
            #expect(none.error == .unknownTopicID && none.highWatermark == -1)
            cluster.change { $0.hide("orders") }
            #expect(try await cluster.ask(Self.fetch(id), version)?.first?.error == .unknownTopicID)
        }
    }

    @Test("Since version 16 whoever is not the leader says who is, and where")
    func leader() async throws {
        try await withOrders(brokers: 2) { cluster, id async throws in
            let leader = try #require(cluster.read { $0.topics["orders"]?.partitions[0].leader })
            let other: Int32 = leader == 1 ? 2 : 1
            let answer = try #require(try await cluster.ask(Self.fetch(id), 16, on: other))
            #expect(answer.first?.error == .notLeaderOrFollower && answer.first?.currentLeader.leaderID == leader)
            #expect(answer.nodeEndpoints.map(\.nodeID) == [leader])
            let before = try #require(try await cluster.ask(Self.fetch(id), 15, on: other))
            #expect(before.first?.currentLeader.leaderID == -1 && before.nodeEndpoints.isEmpty)
        }
    }

    @Test("Records are written, and offsets committed and fetched, by the topic's id")
    func writes() async throws {
        try await withOrders { cluster, id async throws in
            var builder = RecordBatchBuilder(RecordBatchBuilder.Traits())
            try builder.append(timestamp: 1_700_000_000_000, key: nil, value: [1])
            let batch = try builder.build()
            func produce(_ id: KafkaUUID) -> ProduceRequest {
                .with {
                    $0.acks = -1
                    $0.topicData = [
                        .with { ($0.topicID, $0.partitionData) = (id, [.with { $0.records = batch[...] }]) }
                    ]
                }
            }
            let written = try #require(try await cluster.ask(produce(id), 13)?.responses.first)
            #expect(written.topicID == id && written.partitionResponses.first?.baseOffset == 3)
            let refused = try await cluster.ask(produce(Self.unknown), 13)?.responses.first?.partitionResponses.first
            #expect(refused?.error == .unknownTopicID)

            let commit = OffsetCommitRequest.with {
                $0.groupID = "billing"
                $0.topics = [id, Self.unknown].map { id in
                    .with { ($0.topicID, $0.partitions) = (id, [.with { $0.committedOffset = 2 }]) }
                }
            }
            let codes = try await cluster.ask(commit, 10)?.topics.map { $0.partitions.first?.error }
            #expect(codes == [KafkaErrorCode.none, .unknownTopicID])
            func fetched(_ ids: [KafkaUUID]?) async throws -> [OffsetFetchResponse.Topic]? {
                let request = OffsetFetchRequest.with {
                    $0.groups = [
                        .with {
                            $0.groupID = "billing"
                            $0.topics = ids.map { ids in
                                ids.map { id in .with { ($0.topicID, $0.partitionIndexes) = (id, [0]) } }
                            }
                        }
                    ]
                }
                return try await cluster.ask(request, 10)?.groups.first?.topics
            }
            let all = try #require(try await fetched(nil))
            #expect(all.map(\.topicID) == [id] && all.first?.partitions.first?.committedOffset == 2)
            let asked = try #require(try await fetched([id, Self.unknown]))
            #expect(asked.map { $0.partitions.first?.error } == [KafkaErrorCode.none, .unknownTopicID])
        }
    }
}

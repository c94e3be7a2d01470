import KafkaClient
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct LeadersTests {
    @Test("each partition is asked of its leader, and the answers come in the order of the question")
    func routes() async throws {
        try await Self.with(partitions: 6, brokers: 3) { cluster, client in
            let partitions = (0..<6).reversed().map { TopicPartition("orders", $0) }
            let found = await Self.ends(client, partitions, .within(.seconds(60)))
            #expect(found.map(\.value) == [5, 4, 3, 2, 1, 0])
            for (request, call) in try cluster.requests(ListOffsetsRequest.self) {
                #expect(request.topics.flatMap { $0.partitions.map { $0.index % 3 } }.allSatisfy { $0 == call.node })
            }
        }
    }

    @Test("only the partitions that failed are asked again")
    func failedOnly() async throws {
        try await Self.with(partitions: 4) { cluster, client in
            cluster.amend(ListOffsetsRequest.self) { response, call in
                if call.number <= 2 { Self.refuse(2, in: &response) }
            }
            let found = await Self.ends(client, Self.partitions(4), .within(.seconds(60)))
            #expect(found.map(\.value) == [0, 1, 2, 3])
            let asked = try cluster.requests(ListOffsetsRequest.self).map { entry in
                entry.request.topics.flatMap { $0.partitions.map(\.index) }
            }
            #expect(asked == [[0, 1, 2, 3], [2], [2]])
        }
    }

    @Test("a leader that moved is found by new metadata")
    func movedLeader() async throws {
        try await Self.with(partitions: 2, brokers: 2) { cluster, client in
            _ = await Self.ends(client, Self.partitions(2), .within(.seconds(60)))
            cluster.change {
                $0.topics["orders"]?.partitions[0].leader = 1
                $0.topics["orders"]?.partitions[0].leaderEpoch = 7
                $0.topics["orders"]?.partitions[0].end = 77
            }
            let found = await Self.ends(client, Self.partitions(2), .within(.seconds(60)))
            #expect(found.map(\.value) == [77, 1])
            let last = try cluster.requests(ListOffsetsRequest.self).last
            #expect(last?.call.node == 1 && last?.request.topics[0].partitions[0].currentLeaderEpoch == 7)
        }
    }

    @Test("a broker that never stops loading ends at the deadline, with the tries counted")
    func forever() async throws {
        try await Self.with(partitions: 2) { cluster, client in
            cluster.amend(ListOffsetsRequest.self) { response, _ in Self.refuse(1, in: &response) }
            let start = ContinuousClock.now
            _ = try await client.metadata(of: ["orders"], .within(.seconds(60)))
            let found = await Self.ends(client, Self.partitions(2), .within(.seconds(4)))
            #expect(start.duration(to: .now) < .seconds(30))
            #expect(found[0].value == 0)
            // Whether the last try ended before the deadline or at it is a matter of the machine's load.
            #expect(found[1].error?.code == 78 || found[1].error?.name == "deadline")
            #expect((found[1].error?.tries ?? 0) >= 2)
            #expect(found[1].error?.partition == TopicPartition("orders", 1))
        }
    }

    @Test("a partition that an answer leaves out is an error, and one it adds is none of ours")
    func incomplete() async throws {
        try await Self.with(partitions: 3) { cluster, client in
            cluster.amend(ListOffsetsRequest.self) { response, _ in
                response.topics[0].partitions.removeAll { $0.index == 1 }
                response.topics[0].partitions.append(
                    .with {
                        $0.index = 99; $0.offset = 1
                    })
                response.topics[0].partitions.append(
                    .with {
                        $0.index = 0; $0.offset = 12345
                    })
            }
            let found = await Self.ends(client, Self.partitions(3), .within(.seconds(60)))
            #expect(found.map(\.value) == [0, nil, 2])
            #expect(found[1].error?.name == "protocol")
        }
    }

    @Test("a broker that is gone fails its partitions only")
    func oneBrokerGone() async throws {
        try await Self.with(partitions: 4, brokers: 2) { cluster, client in
            _ = try await client.metadata(of: ["orders"], .within(.seconds(60)))
            cluster.stop(1)
            let found = await Self.ends(client, Self.partitions(4), .within(.seconds(60)))
            #expect(found.map(\.value) == [0, nil, 2, nil])
            #expect(found[1].error?.errorClass == .net && found[1].error?.node == 1)
        }
    }

    @Test("partitions without a leader, of no topic, and beyond the topic's are errors of their own")
    func leaderless() async throws {
        try await Self.with(partitions: 3) { cluster, client in
            cluster.change { $0.topics["orders"]?.partitions[1].leader = -1 }
            _ = try await client.metadata(of: [], .within(.seconds(60)))
            let partitions = Self.partitions(2) + [TopicPartition("orders", 9), TopicPartition("none", 0)]
            let found = await Self.ends(client, partitions, .within(.seconds(60)))
            #expect(found.map(\.value) == [0, nil, nil, nil])
            #expect(
                found.map { $0.error?.name } == [
                    nil, "net.leaderless", "UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_OR_PARTITION",
                ])
        }
    }

    @Test("a partition that is asked for twice is asked about twice, never in one request")
    func duplicates() async throws {
        try await Self.with(partitions: 2) { cluster, client in
            let partition = TopicPartition("orders", 1)
            let found = await Self.ends(
                client, [partition, TopicPartition("orders", 0), partition], .within(.seconds(60)))
            #expect(found.map(\.value) == [1, 0, 1])
            for (request, _) in try cluster.requests(ListOffsetsRequest.self) {
                let indices = request.topics.flatMap { $0.partitions.map(\.index) }
                #expect(Set(indices).count == indices.count)
            }
        }
    }

    @Test("a cancelled question ends at once, every partition unknown")
    func cancelled() async throws {
        try await Self.with(partitions: 2) { cluster, client in
            let arrived = Latch()
            cluster.on(ListOffsetsRequest.self) { _, _ in
                arrived.open()
                return .silence
            }
            let found = await withTaskGroup(of: [Measured<Int64>].self) { group in
                group.addTask { await Self.ends(client, Self.partitions(2), .within(.seconds(60))) }
                await arrived.wait()
                group.cancelAll()
                return await group.next() ?? []
            }
            #expect(found.map { $0.error?.reason } == [.cancelled, .cancelled])
        }
    }

    // MARK: -

    /// Partition p of `orders` is led by broker p modulo their number, and ends at p.
    private static func with(
        partitions: Int, brokers: Int = 1, _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        var model = ClusterModel()
        model.topics["orders"] = .init(
            (0..<partitions).map { .init(end: Int64($0), leader: Int32($0 % brokers)) })
        try await ScriptedCluster.with(brokers: brokers, model) { cluster in
            try await cluster.withClient { try await body(cluster, $0) }
        }
    }

    private static func refuse(_ partition: Int32, in response: inout ListOffsetsResponse) {
        for topic in response.topics.indices {
            for place in response.topics[topic].partitions.indices
            where response.topics[topic].partitions[place].index == partition {
                response.topics[topic].partitions[place].error = .offsetNotAvailable
            }
        }
    }

    private static func partitions(_ count: Int32) -> [TopicPartition] {
        (0..<count).map { TopicPartition("orders", $0) }
    }

    private static func ends(
        _ client: KafkaCluster, _ partitions: [TopicPartition], _ context: CallContext
    ) async -> [Measured<Int64>] {
        await client.askLeaders(ListOffsetsRequest.self, of: partitions, context) { _, questions in
            var topics: [String: ListOffsetsRequest.Topic] = [:]
            for question in questions {
                let name = question.partition.topic
                topics[name, default: .with { $0.name = name }].partitions.append(
                    .with {
                        $0.index = question.partition.partition
                        $0.currentLeaderEpoch = question.leaderEpoch
                    })
            }
            return .with { $0.topics = Array(topics.values) }
        } read: { response in
            response.topics.flatMap { topic in
                topic.partitions.map { answer in
                    (
                        TopicPartition(topic.name, answer.index),
                        answer.error == .none
                            ? .success(answer.offset) : .failure(KafkaError(.broker(answer.error, message: nil)))
                    )
                }
            }
        }
    }
}

import EmbeddedClusters
import EmbeddedKafka
import Guarding
import KafkaClient
import KafkaWire
import Testing
import Transport

@Suite struct LeadersTests {
    private let clock = VirtualClock()

    @Test("each partition is asked of its leader, and the answers come in the order of the question")
    func routes() async throws {
        try await Self.with(partitions: 6, brokers: 3) { cluster, client in
            let partitions = (0..<6).reversed().map { TopicPartition("orders", $0) }
            let found = await Self.ends(client, partitions, clock.within(.seconds(60)))
            #expect(found.map(\.value) == [5, 4, 3, 2, 1, 0])
            for asked in try cluster.requests(ListOffsetsRequest.self) {
                let leaders = asked.request.topics.flatMap { $0.partitions.map { $0.index % 3 + 1 } }
                #expect(leaders.allSatisfy { $0 == asked.broker })
            }
        }
    }

    @Test("only the partitions that failed are asked again")
    func failedOnly() async throws {
        try await Self.with(partitions: 4) { cluster, client in
            cluster.change { $0.leaveBehind("orders", 2) }
            // Later than the first pause ends, and sooner than the second.
            clock.at(.milliseconds(200)) { cluster.change { $0.replicate("orders", 2, to: nil) } }
            let found = await Self.ends(client, Self.partitions(4), clock.within(.seconds(60)))
            #expect(found.map(\.value) == [0, 1, 2, 3])
            let asked = try cluster.requests(ListOffsetsRequest.self).map { entry in
                entry.request.topics.flatMap { $0.partitions.map(\.index) }
            }
            #expect(asked == [[0, 1, 2, 3], [2], [2]])
        }
    }

    @Test(
        "a leader that moved is found by new metadata, as soon as that names it",
        arguments: [Duration.zero, .seconds(2)])
    func movedLeader(spreadsAfter delay: Duration) async throws {
        try await Self.with(partitions: 2, brokers: 2) { cluster, client in
            _ = await Self.ends(client, Self.partitions(2), clock.within(.seconds(60)))
            try cluster.change { state in
                for _ in 0..<3 { state.moveLeader(of: "orders", 0, to: 2, announced: false) }
                try state.append([NewRecord("key", "value")], to: "orders")
            }
            clock.at(delay) { cluster.change { $0.announceLeaders() } }
            let found = await Self.ends(client, Self.partitions(2), clock.within(.seconds(60)))
            #expect(found.map(\.value) == [1, 1])
            let last = try cluster.requests(ListOffsetsRequest.self).last
            #expect(last?.broker == 2 && last?.request.topics[0].partitions[0].currentLeaderEpoch == 3)
            #expect(clock.passed >= delay)
        }
    }

    @Test("a leader that never catches up ends at the deadline, with the tries counted")
    func forever() async throws {
        try await Self.with(partitions: 2) { cluster, client in
            cluster.change { $0.leaveBehind("orders", 1) }
            let found = await Self.ends(client, Self.partitions(2), clock.within(.seconds(60)))
            #expect(found[0].value == 0)
            #expect(found[1].error?.code == 78)
            #expect(found[1].error?.partition == TopicPartition("orders", 1))
            // Pauses of 0.1, 0.2, 0.4, 0.8, 1.6 and 3.2 seconds, and of 5 from then on, each a fifth longer or shorter.
            #expect((13...19).contains(found[1].error?.tries ?? 0))
            #expect(clock.passed > .seconds(50) && clock.passed < .seconds(60))
        }
    }

    @Test("a broker that is gone fails its partitions only, whether the cluster has noticed or not")
    func oneBrokerGone() async throws {
        for isNoticed in [false, true] {
            try await Self.with(partitions: 4, brokers: 2) { cluster, client in
                _ = try await client.metadata(of: ["orders"], clock.within(.seconds(60)))
                if isNoticed { cluster.change { $0.brokers[1].isDown = true } }
                cluster.cutOff(2)
                let found = await Self.ends(client, Self.partitions(4), clock.within(.seconds(60)))
                #expect(found.map(\.value) == [0, nil, 2, nil])
                #expect(found[1].error?.errorClass == .net)
                #expect(found[1].error?.name == (isNoticed ? "net.leaderless" : "net.refused"))
                #expect(found[1].error?.node == (isNoticed ? nil : 2))
            }
        }
    }

    @Test("partitions without a leader, of no topic, and beyond the topic's are errors of their own")
    func leaderless() async throws {
        try await Self.with(partitions: 3) { cluster, client in
            cluster.change { $0.removeLeader(of: "orders", 1) }
            _ = try await client.metadata(of: [], clock.within(.seconds(60)))
            let partitions = Self.partitions(2) + [TopicPartition("orders", 9), TopicPartition("none", 0)]
            let found = await Self.ends(client, partitions, clock.within(.seconds(60)))
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
                client, [partition, TopicPartition("orders", 0), partition], clock.within(.seconds(60)))
            #expect(found.map(\.value) == [1, 0, 1])
            for asked in try cluster.requests(ListOffsetsRequest.self) {
                let indices = asked.request.topics.flatMap { $0.partitions.map(\.index) }
                #expect(Set(indices).count == indices.count)
            }
        }
    }

    @Test("what is asked for many times over is not gone through round by round once the time is over")
    func duplicatesPastDeadline() async throws {
        try await Self.with(partitions: 1) { cluster, client in
            let partition = TopicPartition("orders", 0)
            _ = await Self.ends(client, [partition], clock.within(.seconds(60)))
            let rounds = Guarded(0)
            let found = await client.askLeaders(
                ListOffsetsRequest.self, of: [TopicPartition](repeating: partition, count: 50),
                CallContext(deadline: .after(.seconds(-1)))
            ) { _, _ in
                rounds.withLock { $0 += 1 }
                return .init()
            } read: { _ in
                [(TopicPartition, Result<Int64, KafkaError>)]()
            }
            #expect(found.map { $0.error?.name } == [String?](repeating: "deadline", count: 50))
            #expect(found.map { $0.error?.partition } == [TopicPartition?](repeating: partition, count: 50))
            #expect(rounds.withLock { $0 } <= 1)
        }
    }

    @Test("a cancelled question ends at once, every partition unknown")
    func cancelled() async throws {
        try await Self.with(partitions: 2) { cluster, client in
            let arrived = Latch()
            var silence = Fault(.silence, api: .listOffsets)
            silence.onMeet = { arrived.open() }
            cluster.faults.add(silence)
            let found = await withTaskGroup(of: [Measured<Int64>].self) { group in
                group.addTask { await Self.ends(client, Self.partitions(2), clock.within(.seconds(60))) }
                await arrived.wait()
                group.cancelAll()
                return await group.next() ?? []
            }
            #expect(found.map { $0.error?.reason } == [.cancelled, .cancelled])
        }
    }

    // MARK: -

    /// Partition p of `orders` is led by the broker behind p modulo their number, and ends at p.
    private static func with(
        partitions: Int, brokers: Int = 1, _ body: @Sendable (ServedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        try await ServedCluster.with(brokers: brokers) { cluster in
            try cluster.change { try $0.createTopic("orders", ends: (0..<Int64(partitions)).map { $0 }) }
            try await cluster.withClient { try await body(cluster, $0) }
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

extension ClusterState {
    /// Makes a leader of a partition that does not know yet what its predecessor had committed.
    fileprivate mutating func leaveBehind(_ topic: String, _ partition: Int32) {
        replicate(topic, partition, to: 0)
        moveLeader(of: topic, partition, to: 1)
    }
}

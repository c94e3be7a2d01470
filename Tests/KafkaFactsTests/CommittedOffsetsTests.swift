import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import Testing
import Transport

@Suite struct CommittedOffsetsTests {
    @Test(
        "commits are read alike in both shapes of the call",
        arguments: [(BrokerProfile.kafka28, Int16(7)), (.kafka4, 9)])
    func reads(profile: BrokerProfile, version: Int16) async throws {
        try await Self.with(profile) { scene in
            let wanted = [Self.partition(2), Self.partition(0), Self.partition(2), TopicPartition("x", 0)]
            let found = try await scene.client.committedOffsets(
                of: "g", partitions: wanted, stable: true, Scene.context)
            #expect(found.map { $0.value?.offset } == [nil, 10, nil, nil])
            #expect(found.allSatisfy { $0.error == nil } && found.map { $0.value?.partition } == wanted)
            #expect(found[1].value?.leaderEpoch == 3 && found[1].value?.metadata == "by hand")
            let all = try await scene.client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            #expect(all.map { $0.value?.offset } == [10, 11])
            let asked = try scene.requests(OffsetFetchRequest.self)
            #expect(asked.allSatisfy { $0.request.requireStable && $0.version == version })
        }
    }

    @Test("an open transactional commit is waited for, and only its partition asked again")
    func waits() async throws {
        try await Self.with { scene in
            scene.cluster.change { $0.hold(1) }
            scene.meet(.offsetFetch, times: 1)
            scene.meet(.offsetFetch, times: 1) { $0.change { $0.hold(1, isPending: false) } }
            let found = try await scene.client.committedOffsets(
                of: "g", partitions: [Self.partition(0), Self.partition(1)], stable: true, Scene.context)
            #expect(found.map { $0.value?.offset } == [10, 11])
            let asked = try scene.requests(OffsetFetchRequest.self).map { entry in
                entry.request.groups.flatMap { ($0.topics ?? []).flatMap(\.partitionIndexes) }
            }
            #expect(asked == [[0, 1], [1]])
        }
    }

    @Test("one that stays open is unknown at the deadline, and never its old value")
    func pending() async throws {
        try await Self.with { scene in
            scene.cluster.change { $0.hold(1) }
            let clock = VirtualClock()
            let found = try await scene.client.committedOffsets(
                of: "g", partitions: [Self.partition(0), Self.partition(1)], stable: true,
                clock.within(.seconds(600)))
            #expect(found[0].value?.offset == 10 && found[1].error?.name == "UNSTABLE_OFFSET_COMMIT")
            #expect((found[1].error?.tries ?? 0) >= 2)
            #expect(clock.passed > .seconds(1) && clock.passed < .seconds(600))
        }
    }

    @Test("a coordinator that loads or moves is asked again; one that refuses is not")
    func coordinators() async throws {
        try await Self.with { scene in
            for error in [KafkaErrorCode.coordinatorLoadInProgress, .notCoordinator] {
                scene.cluster.faults.add(Fault(.error(error), api: .offsetFetch, times: 1))
                let all = try await scene.client.committedOffsets(
                    of: "g", partitions: nil, stable: true, Scene.context)
                #expect(all.map { $0.value?.offset } == [10, 11])
            }
            #expect(scene.requestCount(of: .offsetFetch) == 4)
            scene.cluster.faults.add(Fault(.error(.groupAuthorizationFailed), api: .offsetFetch, times: 1))
            let error = await failure {
                try await scene.client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            }
            #expect(error?.code == 30)
        }
    }

    @Test("a broker that cannot be asked for stable commits is not asked for others instead")
    func tooOld() async throws {
        try await Self.with(.kafka22) { scene in
            let error = await failure {
                try await scene.client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            }
            #expect(error?.name == "protocol.unsupported")
            #expect(scene.requestCount(of: .offsetFetch) == 0)
        }
    }

    // MARK: Lag

    @Test(
        "lag is end less commit, read in that order; no commit has none", arguments: [BrokerProfile.kafka4, .kafka22])
    func lag(profile: BrokerProfile) async throws {
        try await Self.with(profile) { scene in
            let rows = try await scene.client.lag(of: "g", topics: ["t"], Scene.context)
            #expect(rows.map(\.partition) == (0..<3).map(Self.partition))
            #expect(rows.map { $0.lag.value?.committed } == [10, 11, nil])
            #expect(rows.map { $0.lag.value?.span(.readUncommitted) } == [90, 89, nil])
            #expect(rows.map { $0.lag.value?.span(.readCommitted) } == [80, 79, nil])
            let order = scene.askedKeys.filter { [.offsetFetch, .listOffsets].contains($0) }
            #expect(order.first == .offsetFetch && order.count > 1)
            #expect(order.dropFirst().allSatisfy { $0 == .listOffsets })
        }
    }

    @Test("without topics all that the group has committed is meant, what is gone included")
    func lagOfAll() async throws {
        try await Self.with { scene in
            scene.cluster.change {
                $0.commit(4, of: "g", "t", 9)
                $0.commit(4, of: "g", "gone")
            }
            let rows = try await scene.client.lag(of: "g", topics: nil, Scene.context)
            #expect(
                rows.filter { $0.lag.error != nil }.map(\.partition) == [
                    TopicPartition("gone", -1), TopicPartition("t", 9),
                ])
            #expect(rows.count == 5)
        }
    }

    @Test("a group without commits has no lag to tell")
    func noCommits() async throws {
        try await Self.with { scene in
            #expect(try await scene.client.lag(of: "other", topics: nil, Scene.context).isEmpty)
            let rows = try await scene.client.lag(of: "other", topics: ["t"], Scene.context)
            #expect(rows.count == 3 && rows.allSatisfy { $0.lag.value.map { $0.committed == nil } == true })
        }
    }

    private static func partition(_ index: Int32) -> TopicPartition { TopicPartition("t", index) }

    /// Three partitions of as many brokers to 100, stable to 90; the group has committed 10 and 11 in the first two.
    private static func with(
        _ profile: BrokerProfile = .kafka4, _ body: @Sendable (EmbeddedScene) async throws -> Void
    ) async throws {
        try await EmbeddedScene.with(profile, brokers: 3) { state in
            state.createTopic("t", partitions: 3)
            for index in Int32(0)..<3 {
                try state.append(records(90), to: "t", index)
                try state.transaction("open", .open, [("t", index, records(10))])
            }
            state.commit(10, of: "g", "t", leaderEpoch: 3, metadata: "by hand")
            state.commit(11, of: "g", "t", 1)
        } _: {
            try await body($0)
        }
    }
}

extension ClusterState {
    /// Says whether a transaction that has not ended holds a newer commit of the group.
    fileprivate mutating func hold(_ partition: Int32, isPending: Bool = true) {
        groups["g"]?.commits["t"]?[partition]?.isPending = isPending
    }
}

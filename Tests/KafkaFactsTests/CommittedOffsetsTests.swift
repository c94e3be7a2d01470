import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct CommittedOffsetsTests {
    @Test("commits are read alike in both shapes of the call", arguments: [Int16(7), 9])
    func reads(version: Int16) async throws {
        try await Self.with { cluster, client in
            cluster.change { $0.versions[.offsetFetch] = 0...version }
            let wanted = [Self.partition(2), Self.partition(0), Self.partition(2), TopicPartition("x", 0)]
            let found = try await client.committedOffsets(
                of: "g", partitions: wanted, stable: true, Scene.context)
            #expect(found.map { $0.value?.offset } == [nil, 10, nil, nil])
            #expect(found.allSatisfy { $0.error == nil } && found.map { $0.value?.partition } == wanted)
            let all = try await client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            #expect(all.map { $0.value?.offset } == [10, 11])
            #expect(try cluster.requests(OffsetFetchRequest.self).allSatisfy { $0.request.requireStable })
        }
    }

    @Test("an open transactional commit is waited for, and only its partition asked again")
    func waits() async throws {
        try await Self.with { cluster, client in
            cluster.change { $0.groups["g"]?.unstable = [Self.partition(1)] }
            cluster.on(OffsetFetchRequest.self) { _, call in
                if call.number == 2 { cluster.change { $0.groups["g"]?.unstable = [] } }
                return .standard
            }
            let found = try await client.committedOffsets(
                of: "g", partitions: [Self.partition(0), Self.partition(1)], stable: true, Scene.context)
            #expect(found.map { $0.value?.offset } == [10, 11])
            let asked = try cluster.requests(OffsetFetchRequest.self).map { entry in
                entry.request.groups.flatMap { ($0.topics ?? []).flatMap(\.partitionIndexes) }
            }
            #expect(asked == [[0, 1], [1]])
        }
    }

    @Test("one that stays open is unknown at the deadline, and never its old value")
    func pending() async throws {
        try await Self.with { cluster, client in
            _ = try await client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            cluster.change { $0.groups["g"]?.unstable = [Self.partition(1)] }
            let start = ContinuousClock.now
            do {
                let found = try await client.committedOffsets(
                    of: "g", partitions: [Self.partition(0), Self.partition(1)], stable: true, .within(.seconds(4)))
                #expect(found[0].value?.offset == 10 && found[1].error?.name == "UNSTABLE_OFFSET_COMMIT")
                #expect((found[1].error?.tries ?? 0) >= 2)
            } catch {
                // The last try was under way when the deadline came.
                #expect((error as? KafkaError)?.name == "deadline")
            }
            #expect(start.duration(to: .now) < .seconds(30))
        }
    }

    @Test("what the answer leaves out, and offsets that are none, are errors")
    func malformed() async throws {
        try await Self.with { cluster, client in
            cluster.amend(OffsetFetchRequest.self) { response, _ in
                response.groups[0].topics[0].partitions.removeAll { $0.index == 0 }
                response.groups[0].topics[0].partitions[0].committedOffset = -2
            }
            let found = try await client.committedOffsets(
                of: "g", partitions: [Self.partition(0), Self.partition(1)], stable: true, Scene.context)
            #expect(found.map { $0.error?.name } == ["protocol", "protocol"])
            cluster.amend(OffsetFetchRequest.self) { response, _ in response.groups[0].groupID = "other" }
            let error = await failure {
                try await client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            }
            #expect(error?.name == "protocol")
        }
    }

    @Test("a broker that cannot be asked for stable commits is not asked for others instead")
    func tooOld() async throws {
        try await Self.with { cluster, client in
            cluster.change { $0.versions[.offsetFetch] = 0...5 }
            let error = await failure {
                try await client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            }
            #expect(error?.name == "protocol.unsupported")
        }
    }

    // MARK: Lag

    @Test("lag is end less commit, read in that order; no commit has none", arguments: [Int16(9), 5])
    func lag(version: Int16) async throws {
        try await Self.with { cluster, client in
            cluster.change { $0.versions[.offsetFetch] = 0...version }
            let rows = try await client.lag(of: "g", topics: ["t"], Scene.context)
            #expect(rows.map(\.partition) == (0..<3).map(Self.partition))
            #expect(rows.map { $0.lag.value?.committed } == [10, 11, nil])
            #expect(rows.map { $0.lag.value?.span(.readUncommitted) } == [90, 89, nil])
            #expect(rows.map { $0.lag.value?.span(.readCommitted) } == [80, 79, nil])
            let order = cluster.log.map(\.call.key).filter { [.offsetFetch, .listOffsets].contains($0) }
            #expect(order.first == .offsetFetch && order.dropFirst().allSatisfy { $0 == .listOffsets })
        }
    }

    @Test("without topics all that the group has committed is meant, what is gone included")
    func lagOfAll() async throws {
        try await Self.with { cluster, client in
            cluster.change {
                $0.groups["g"]?.commits[TopicPartition("t", 9)] = 4
                $0.groups["g"]?.commits[TopicPartition("gone", 0)] = 4
            }
            let rows = try await client.lag(of: "g", topics: nil, Scene.context)
            #expect(
                rows.filter { $0.lag.error != nil }.map(\.partition) == [
                    TopicPartition("gone", -1), TopicPartition("t", 9),
                ])
            #expect(rows.count == 5)
        }
    }

    @Test("a group without commits has no lag to tell")
    func noCommits() async throws {
        try await Self.with { _, client in
            #expect(try await client.lag(of: "other", topics: nil, Scene.context).isEmpty)
            let rows = try await client.lag(of: "other", topics: ["t"], Scene.context)
            #expect(rows.count == 3 && rows.allSatisfy { $0.lag.value.map { $0.committed == nil } == true })
        }
    }

    private static func partition(_ index: Int32) -> TopicPartition { TopicPartition("t", index) }

    /// Three partitions to 100, stable to 90; the group has committed 10 and 11 in the first two.
    private static func with(_ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void) async throws {
        var model = ClusterModel()
        var partition = ClusterModel.Partition(end: 100)
        partition.stable = 90
        model.topics["t"] = .init(Array(repeating: partition, count: 3))
        var group = ClusterModel.Group()
        group.commits = [Self.partition(0): 10, Self.partition(1): 11]
        model.groups["g"] = group
        try await Scene.with(model, body)
    }
}

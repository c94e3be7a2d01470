import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaWire
import Testing
import Transport

@Suite struct OffsetFactsTests {
    @Test("each position is asked for as Kafka numbers it")
    func positions() async throws {
        try await Self.withLog { scene in
            let expected: [(OffsetPosition, Int64?)] = [
                (.start, 3), (.end, 7), (.stable, 5), (.maxTimestamp, 6), (.localStart, 3), (.tiered, nil),
                (.pendingUpload, nil), (.time(5004), 5), (.time(0), 3), (.time(9000), nil),
            ]
            for (position, offset) in expected {
                let fact = await scene.client.offsets(position, of: [Scene.log], Scene.context)[0]
                #expect(fact.error == nil && fact.value?.offset == offset, "\(position)")
            }
            let stamps = try scene.requests(ListOffsetsRequest.self).map {
                $0.request.topics[0].partitions[0].timestamp
            }
            #expect(stamps == [-2, -1, -1, -3, -4, -5, -6, 5004, 0, 9000])
        }
    }

    @Test("the offsets of many leaders come in the order of the question, that of one that fails with its error")
    func leaders() async throws {
        try await EmbeddedScene.with(brokers: 3) { state in
            state.createTopic("t", partitions: 6)
            for index in Int32(0)..<6 { state.begin("t", index, at: Int64(index) * 10) }
        } _: { scene in
            scene.cluster.faults.add(Fault(.error(.topicAuthorizationFailed), api: .listOffsets, broker: 2))
            let partitions = [4, 0, 5, 2, 3, 1, 9].map { TopicPartition("t", $0) }
            let facts = await scene.client.offsets(.end, of: partitions, Scene.context)
            #expect(facts.map { $0.value?.offset } == [nil, 0, 50, 20, 30, nil, nil])
            #expect(facts.map { $0.error?.code } == [29, nil, nil, nil, nil, 29, 3])
        }
    }

    @Test("a leader that has moved is found again")
    func moved() async throws {
        try await EmbeddedScene.with(brokers: 3) { state in
            state.createTopic("t", replication: 2)
            try state.append(records(4), to: "t")
        } _: { scene in
            let partition = TopicPartition("t", 0)
            #expect(await scene.client.offsets(.end, of: [partition], Scene.context)[0].value?.offset == 4)
            scene.cluster.change { $0.moveLeader(of: "t", 0, to: 2, announced: false) }
            scene.meet(.listOffsets, times: 1) { $0.change { $0.announceLeaders() } }
            #expect(await scene.client.offsets(.end, of: [partition], Scene.context)[0].value?.offset == 4)
            let asked = try scene.requests(ListOffsetsRequest.self)
            #expect(asked.map(\.broker) == [1, 1, 2])
        }
    }

    @Test(
        "a broker that would take a special timestamp for a time is not asked for it",
        arguments: [
            (OffsetPosition.maxTimestamp, Int16(6)), (.localStart, 7), (.tiered, 8), (.pendingUpload, 10),
        ])
    func tooOld(position: OffsetPosition, version: Int16) async throws {
        try await Scene.with(.kafka28.with([.listOffsets: 0...version])) { scene in
            let fact = await scene.client.offsets(position, of: [Scene.log], Scene.context)[0]
            #expect(fact.error?.name == "protocol.unsupported")
            #expect(scene.requestCount(of: .listOffsets) == 0)
        }
    }

    @Test("a time below zero is refused here", arguments: [Int64(-1), -3, .min])
    func negativeTime(milliseconds: Int64) async throws {
        try await Scene.with { scene in
            let fact = await scene.client.offsets(.time(milliseconds), of: [Scene.log], Scene.context)[0]
            #expect(fact.error?.name == "protocol.unsupported" && scene.askedKeys.isEmpty)
        }
    }

    // MARK: Log bounds

    @Test("the ends of a log are confirmed by Fetch")
    func bounds() async throws {
        try await Self.withLog { scene in
            let bounds = try await Self.bounds(scene)
            #expect(bounds.start == 3 && bounds.stable == 5 && bounds.end == 7 && bounds.isEndConfirmed)
        }
    }

    @Test("what is not replicated yet is not the log's, by either answer")
    func highWatermark() async throws {
        try await Self.withLog { scene in
            scene.cluster.change { $0.replicate("log", 0, to: 4) }
            let bounds = try await Self.bounds(scene)
            #expect(bounds.start == 3 && bounds.stable == 4 && bounds.end == 4 && bounds.isEndConfirmed)
        }
    }

    @Test("without the right to read, the end is not confirmed")
    func unconfirmed() async throws {
        try await Self.withLog { scene in
            scene.cluster.change { state in
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:ANONYMOUS", .describe, .topic, "log")]
            }
            let bounds = try await Self.bounds(scene)
            #expect(bounds.start == 3 && bounds.stable == 5 && bounds.end == 7 && !bounds.isEndConfirmed)
            scene.cluster.faults.add(Fault(.error(.kafkaStorageError), api: .fetch))
            #expect(await failure { try await Self.bounds(scene) }?.code == 56)
        }
    }

    @Test("records that come in between are no contradiction")
    func grows() async throws {
        try await Scene.with {
            try $0.append(records(7), to: "log")
        } _: { scene in
            scene.meet(.fetch, times: 1) { cluster in
                cluster.change { try? $0.transact("open", .open, 1) }
            }
            let bounds = try await Self.bounds(scene)
            #expect(bounds.end == 8 && bounds.stable == 7 && bounds.isEndConfirmed)
        }
    }

    /// Offsets 3 to 7, stable to 5; the timestamps begin at 5000, two milliseconds apart.
    private static func withLog(_ body: @Sendable (EmbeddedScene) async throws -> Void) async throws {
        func record(_ offset: Int64) -> NewRecord {
            NewRecord(value: Array("v".utf8), timestamp: 5000 + 2 * (offset - 3))
        }
        try await Scene.with {
            $0.begin("log", at: 3)
            try $0.append([record(3), record(4)], to: "log")
            try $0.transaction("open", .open, [("log", 0, [record(5), record(6)])])
        } _: {
            try await body($0)
        }
    }

    private static func bounds(_ scene: EmbeddedScene) async throws -> LogBounds {
        switch await scene.client.logBounds(of: [Scene.log], Scene.context)[0] {
        case .value(let bounds): bounds
        case .unknown(let error): throw error
        }
    }
}

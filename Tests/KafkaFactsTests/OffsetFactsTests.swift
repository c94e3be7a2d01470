import KafkaClient
import KafkaFacts
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct OffsetFactsTests {
    @Test("each position is asked for as Kafka numbers it")
    func positions() async throws {
        var log = LogBuilder(from: 3)
        try log.records(4, timestamp: 5000)
        try await Scene.with(log: log, stable: 5) { cluster, client in
            let expected: [(OffsetPosition, Int64?)] = [
                (.start, 3), (.end, 7), (.stable, 5), (.maxTimestamp, 6), (.localStart, 3), (.tiered, nil),
                (.pendingUpload, nil), (.time(5002), 5), (.time(0), 3), (.time(9000), nil),
            ]
            for (position, offset) in expected {
                let fact = await client.offsets(position, of: [Scene.log], Scene.context)[0]
                #expect(fact.error == nil && fact.value?.offset == offset, "\(position)")
            }
            let stamps = try cluster.requests(ListOffsetsRequest.self).map {
                $0.request.topics[0].partitions[0].timestamp
            }
            #expect(stamps == [-2, -1, -1, -3, -4, -5, -6, 5002, 0, 9000])
        }
    }

    @Test(
        "a broker that would take a special timestamp for a time is not asked for it",
        arguments: [
            (OffsetPosition.maxTimestamp, Int16(6)), (.localStart, 7), (.tiered, 8), (.pendingUpload, 10),
        ])
    func tooOld(position: OffsetPosition, version: Int16) async throws {
        var model = ClusterModel()
        model.topics["log"] = .init(partitions: 1)
        model.versions[.listOffsets] = 1...version
        try await Scene.with(model) { cluster, client in
            let fact = await client.offsets(position, of: [Scene.log], Scene.context)[0]
            #expect(fact.error?.name == "protocol.unsupported")
            let asked = try cluster.requests(ListOffsetsRequest.self)
            #expect(asked.isEmpty)
        }
    }

    @Test("a time below zero is refused here", arguments: [Int64(-1), -3, .min])
    func negativeTime(milliseconds: Int64) async throws {
        var model = ClusterModel()
        model.topics["log"] = .init(partitions: 1)
        try await Scene.with(model) { cluster, client in
            let fact = await client.offsets(.time(milliseconds), of: [Scene.log], Scene.context)[0]
            #expect(fact.error?.name == "protocol.unsupported" && cluster.log.isEmpty)
        }
    }

    @Test("offsets that are none are refused", arguments: [Int64(-1), -2, .min, .max])
    func impossible(offset: Int64) async throws {
        var model = ClusterModel()
        model.topics["log"] = .init(partitions: 1)
        try await Scene.with(model) { cluster, client in
            cluster.amend(ListOffsetsRequest.self) { response, _ in response.topics[0].partitions[0].offset = offset }
            let end = await client.offsets(.end, of: [Scene.log], Scene.context)[0]
            #expect(end.error?.name == "protocol")
            let time = await client.offsets(.time(5), of: [Scene.log], Scene.context)[0]
            #expect((time.error?.name == "protocol") == (offset != -1))
        }
    }

    // MARK: Log bounds

    @Test("the ends of a log are confirmed by Fetch")
    func bounds() async throws {
        var log = LogBuilder(from: 3)
        try log.records(4)
        try await Scene.with(log: log, stable: 5) { _, client in
            let bounds = try await Self.bounds(client)
            #expect(bounds.start == 3 && bounds.stable == 5 && bounds.end == 7 && bounds.isEndConfirmed)
        }
    }

    @Test("without the right to read, the end is not confirmed")
    func unconfirmed() async throws {
        try await Scene.with(log: LogBuilder()) { cluster, client in
            cluster.amend(FetchRequest.self) { response, _ in
                response.responses[0].partitions[0].error = .topicAuthorizationFailed
            }
            let bounds = try await Self.bounds(client)
            #expect(!bounds.isEndConfirmed && bounds.end == 0)
            cluster.amend(FetchRequest.self) { response, _ in
                response.responses[0].partitions[0].error = .kafkaStorageError
            }
            let error = await failure {
                try await Self.bounds(client, .within(.seconds(4)))
            }
            #expect(error != nil)
        }
    }

    @Test("a broker whose two answers contradict each other is believed in neither", arguments: [Int64(4), 9])
    func contradiction(highWatermark: Int64) async throws {
        var log = LogBuilder()
        try log.records(7)
        try await Scene.with(log: log) { cluster, client in
            cluster.amend(FetchRequest.self) { response, _ in
                response.responses[0].partitions[0].highWatermark = highWatermark
                response.responses[0].partitions[0].lastStableOffset = 0
            }
            #expect(await failure { try await Self.bounds(client) }?.message.contains("contradicts itself") == true)
        }
    }

    @Test("records that come in between are no contradiction")
    func grows() async throws {
        var log = LogBuilder()
        try log.records(7)
        try await Scene.with(log: log) { cluster, client in
            cluster.amend(FetchRequest.self) { response, _ in
                cluster.change { $0.topics["log"]?.partitions[0].end = 8 }
                response.responses[0].partitions[0].highWatermark = 8
            }
            let bounds = try await Self.bounds(client)
            #expect(bounds.end == 8 && bounds.stable == 7 && bounds.isEndConfirmed)
        }
    }

    @Test(
        "offsets out of order are a broken broker",
        arguments: [((5, 4, 9), "out of order"), ((0, 9, 8), "out of order"), ((10, 9, 9), "OFFSET_OUT_OF_RANGE")])
    func outOfOrder(offsets: (start: Int, stable: Int, end: Int), message: String) async throws {
        try await Scene.with(log: LogBuilder()) { cluster, client in
            cluster.change {
                $0.topics["log"]?.partitions[0].start = Int64(offsets.start)
                $0.topics["log"]?.partitions[0].stable = Int64(offsets.stable)
                $0.topics["log"]?.partitions[0].end = Int64(offsets.end)
            }
            #expect(await failure { try await Self.bounds(client) }?.description.contains(message) == true)
        }
    }

    private static func bounds(
        _ client: KafkaCluster, _ context: CallContext = Scene.context
    ) async throws -> LogBounds {
        switch await client.logBounds(of: [Scene.log], context)[0] {
        case .value(let bounds): bounds
        case .unknown(let error): throw error
        }
    }
}

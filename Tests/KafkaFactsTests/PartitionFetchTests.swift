import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct PartitionFetchTests {
    @Test("records come in order over many fetches, from the middle of a batch to the middle of another")
    func slices() async throws {
        var log = LogBuilder(from: 100)
        for _ in 0..<20 { try log.records(7, codec: .gzip, size: 50) }
        try await Scene.with(log: log) { _, client in
            let slice = try await client.records(
                of: Scene.log, from: 103, to: 222, count: 1000, isolation: .readCommitted, maxBytes: 1 << 20,
                Scene.context)
            #expect(slice.records.map(\.offset) == Array(103..<222))
            #expect(slice.nextOffset == 222 && !slice.isCut)
        }
    }

    @Test("no more records come than were asked for", arguments: [0, 1, 5])
    func count(limit: Int) async throws {
        var log = LogBuilder()
        try log.records(10)
        try await Scene.with(log: log) { _, client in
            let slice = try await client.records(
                of: Scene.log, from: 0, to: 10, count: limit, isolation: .readCommitted, maxBytes: 1 << 20,
                Scene.context)
            #expect(slice.records.count == limit && slice.isCut && slice.nextOffset == limit)
        }
    }

    @Test("a batch larger than the fetch comes whole, or is asked for again with more room", arguments: [true, false])
    func largeBatch(wholeFirst: Bool) async throws {
        var log = LogBuilder()
        try log.records(2, size: 300_000)
        try await Scene.with(log: log) { cluster, client in
            if !wholeFirst {
                // As before KIP-74: no more than the bytes asked for.
                cluster.on(FetchRequest.self) { request, _ in
                    let partition = cluster.model.topics["log"]?.partitions[0]
                    let bytes = partition?.records.prefix(Int(request.topics[0].partitions[0].partitionMaxBytes)) ?? []
                    return .answer(Self.answer(bytes, highWatermark: 2))
                }
            }
            let slice = try await client.records(
                of: Scene.log, from: 0, to: 2, count: 10, isolation: .readCommitted, maxBytes: 1 << 20, Scene.context)
            #expect(slice.records.count == 2)
            #expect(try cluster.requests(FetchRequest.self).count == (wholeFirst ? 1 : 2))
        }
    }

    @Test("a broker that never sends a whole batch is given up, not asked for ever")
    func neverWhole() async throws {
        var log = LogBuilder()
        try log.records(2)
        try await Scene.with(log: log) { cluster, client in
            cluster.on(FetchRequest.self) { _, _ in
                let bytes = cluster.model.topics["log"]?.partitions[0].records.prefix(70) ?? []
                return .answer(Self.answer(bytes, highWatermark: 2))
            }
            let error = await failure { try await Self.all(client) }
            #expect(error?.name == "protocol")
            let asked = try cluster.requests(FetchRequest.self)
            #expect(asked.count < 10)
        }
    }

    @Test("a broker that answers with nothing, though there is something, is asked a few times")
    func nothing() async throws {
        var log = LogBuilder()
        try log.records(2)
        try await Scene.with(log: log) { cluster, client in
            cluster.amend(FetchRequest.self) { response, call in
                if call.number < 3 { response.responses[0].partitions[0].records = [] }
            }
            let slice = try await Self.all(client)
            #expect(slice.records.count == 2)
        }
    }

    @Test("a batch damaged on the way is fetched again; one damaged on disk is a finding with its place")
    func corrupt() async throws {
        var log = LogBuilder()
        try log.records(2)
        try log.records(2)
        try await Scene.with(log: log) { cluster, client in
            @Sendable func damage(_ response: inout FetchResponse) {
                guard let records = response.responses[0].partitions[0].records else { return }
                var bytes = Array(records)
                bytes[bytes.count - 1] ^= 0x40
                response.responses[0].partitions[0].records = bytes[...]
            }
            cluster.amend(FetchRequest.self) { response, call in if call.number == 1 { damage(&response) } }
            let slice = try await Self.all(client)
            #expect(slice.records.count == 4)
            cluster.amend(FetchRequest.self) { response, _ in damage(&response) }
            let error = await failure { try await Self.all(client) }
            guard case .corrupt("crc_mismatch", 2, _)? = error?.reason else { throw error ?? KafkaError(.cancelled) }
            #expect(error?.partition == Scene.log)
        }
    }

    @Test("an offset that retention took, or beyond the log, is the broker's error", arguments: [Int64(1), 99])
    func outOfRange(offset: Int64) async throws {
        var log = LogBuilder(from: 5)
        try log.records(2)
        try await Scene.with(log: log) { _, client in
            let error = await failure {
                try await client.records(
                    of: Scene.log, from: offset, to: 200, count: 1, isolation: .readCommitted, maxBytes: 1,
                    Scene.context)
            }
            #expect(error?.name == "OFFSET_OUT_OF_RANGE" && error?.tries == 1)
        }
    }

    @Test("an error of the whole answer, and bounds out of order, are errors of each partition")
    func refusals() async throws {
        var log = LogBuilder()
        try log.records(2)
        try await Scene.with(log: log) { cluster, client in
            cluster.amend(FetchRequest.self) { response, _ in response.error = .invalidRequest }
            #expect(await failure { try await Self.all(client) }?.code == 42)
            cluster.amend(FetchRequest.self) { response, _ in
                response.responses[0].partitions[0].lastStableOffset = 3
            }
            #expect(await failure { try await Self.all(client) }?.name == "protocol")
        }
    }

    private static func all(_ client: KafkaCluster) async throws -> RecordSlice {
        try await client.records(
            of: Scene.log, from: 0, to: 1000, count: 1000, isolation: .readUncommitted, maxBytes: 1 << 20,
            Scene.context)
    }

    private static func answer(_ records: ArraySlice<UInt8>, highWatermark: Int64) -> FetchResponse {
        .with {
            $0.responses = [
                .with {
                    $0.name = "log"
                    $0.partitions = [
                        .with {
                            $0.highWatermark = highWatermark
                            $0.lastStableOffset = highWatermark
                            $0.logStartOffset = 0
                            $0.records = records
                        }
                    ]
                }
            ]
        }
    }
}

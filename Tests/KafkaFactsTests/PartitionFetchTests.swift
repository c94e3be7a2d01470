import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import Testing
import Transport

@Suite struct PartitionFetchTests {
    @Test("records come in order over many fetches, from the middle of a batch to the middle of another")
    func slices() async throws {
        try await Scene.with { state in
            state.begin("log", at: 100)
            for _ in 0..<20 { try state.append(records(7, size: 50_000), to: "log") }
        } _: { scene in
            let slice = try await Self.slice(scene, from: 103, to: 222, count: 1000, maxBytes: 10 << 20)
            #expect(slice.records.map(\.offset) == Array(103..<222))
            #expect(slice.nextOffset == 222 && !slice.isFull)
            #expect(scene.requestCount(of: .fetch) > 1)
        }
    }

    @Test(
        "records are read whatever they are compressed with",
        arguments: [CompressionCodec.none, .gzip, .snappy, .lz4, .zstd])
    func codecs(codec: CompressionCodec) async throws {
        try await Scene.with {
            try $0.append(records(7, size: 50), to: "log", codec: codec)
        } _: { scene in
            let slice = try await Self.all(scene)
            #expect(slice.records.map(\.offset) == Array(0..<7))
            #expect(slice.records.allSatisfy { $0.value == [UInt8](repeating: 7, count: 50) })
        }
    }

    @Test("no more records come than were asked for", arguments: [0, 1, 5])
    func count(limit: Int) async throws {
        try await Scene.with {
            try $0.append(records(10), to: "log")
        } _: { scene in
            let slice = try await Self.slice(scene, from: 0, to: 10, count: limit)
            #expect(slice.records.count == limit && slice.isFull && slice.nextOffset == limit)
        }
    }

    @Test("a batch larger than the fetch comes whole")
    func largeBatch() async throws {
        try await Scene.with {
            try $0.append(records(2, size: 300_000), to: "log")
        } _: { scene in
            let slice = try await Self.slice(scene, from: 0, to: 2, count: 10)
            #expect(slice.records.count == 2)
            let asked = try scene.requests(FetchRequest.self)
            #expect(asked.count == 1)
            #expect(asked[0].request.topics[0].partitions[0].partitionMaxBytes < 600_000)
        }
    }

    @Test("aborted records and markers are none of the slice, records of open transactions lie behind its end")
    func transactions() async throws {
        try await Scene.with {
            try $0.append(records(2), to: "log")
            try $0.transact("one", .abort, 3)
            try $0.transact("one", .commit, 2)
            try $0.transact("two", .open, 4)
        } _: { scene in
            let slice = try await Self.slice(scene, from: 0, to: 9, count: 100)
            #expect(slice.records.map(\.offset) == [0, 1, 6, 7])
            #expect(slice.controlRecords == 2 && slice.abortedRecords == 3 && slice.nextOffset == 9)
            let all = try await Self.all(scene)
            #expect(all.records.count == 11)
        }
    }

    @Test("a batch damaged on the way is fetched again; one damaged on disk is a finding with its place")
    func corrupt() async throws {
        try await Scene.with {
            try $0.append(records(2), to: "log")
            try $0.append(records(2), to: "log")
        } _: { scene in
            let sound = scene.cluster.read(\.topics)
            scene.cluster.change { _ = $0.damageBatch(of: "log", at: 2) }
            scene.meet(.fetch, times: 1)
            scene.meet(.fetch, times: 1) { $0.change { $0.topics = sound } }
            #expect(try await Self.all(scene).records.count == 4)
            #expect(scene.requestCount(of: .fetch) > 1)
            scene.cluster.change { _ = $0.damageBatch(of: "log", at: 2) }
            let error = await failure { try await Self.all(scene) }
            guard case .corrupt("crc_mismatch", 2, _)? = error?.reason else { throw error ?? KafkaError(.cancelled) }
            #expect(error?.partition == Scene.log)
        }
    }

    @Test("an offset that retention took, or beyond the log, is the broker's error", arguments: [Int64(1), 99])
    func outOfRange(offset: Int64) async throws {
        try await Scene.with {
            $0.begin("log", at: 5)
            try $0.append(records(2), to: "log")
        } _: { scene in
            let error = await failure {
                try await Self.slice(scene, from: offset, to: 200, count: 1, maxBytes: 1)
            }
            #expect(error?.name == "OFFSET_OUT_OF_RANGE" && error?.tries == 1)
        }
    }

    @Test("a leader that moves between two fetches is followed")
    func moves() async throws {
        try await EmbeddedScene.with(brokers: 2) { state in
            state.createTopic("log", replication: 2)
            for _ in 0..<20 { try state.append(records(7, size: 50_000), to: "log") }
        } _: { scene in
            scene.meet(.fetch, times: 1)
            scene.meet(.fetch, times: 1) { $0.change { $0.moveLeader(of: "log", 0, to: 2) } }
            let slice = try await Self.slice(scene, from: 0, to: 140, count: 1000, maxBytes: 10 << 20)
            #expect(slice.records.map(\.offset) == Array(0..<140))
            #expect(Set(try scene.requests(FetchRequest.self).map(\.broker)) == [1, 2])
        }
    }

    @Test("an error of the whole answer is one of each partition")
    func refusals() async throws {
        try await Scene.with {
            try $0.append(records(2), to: "log")
        } _: { scene in
            scene.cluster.faults.add(Fault(.error(.unknownServerError), api: .fetch))
            #expect(await failure { try await Self.all(scene) }?.code == -1)
        }
    }

    private static func all(_ scene: EmbeddedScene) async throws -> RecordSlice {
        try await slice(scene, from: 0, to: 1000, count: 1000, isolation: .readUncommitted)
    }

    private static func slice(
        _ scene: EmbeddedScene, from start: Int64, to end: Int64, count: Int,
        isolation: IsolationLevel = .readCommitted, maxBytes: Int = 1 << 20
    ) async throws -> RecordSlice {
        try await scene.client.records(
            of: Scene.log, from: start, to: end, count: count, isolation: isolation, maxBytes: maxBytes, Scene.context)
    }
}

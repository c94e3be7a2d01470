import Crypto
import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaRecords
import KafkaWire
import Parity
import Testing
import Transport

@Suite("Comparison of partitions of two clusters")
struct LogComparisonTests {
    typealias World = (inout ClusterState) throws -> Void
    typealias Change = @Sendable (_ source: ServedCluster, _ target: ServedCluster) -> Void

    /// Compares the one partition of a source with that of a target.
    static func compare(
        _ source: LogBuilder, _ target: LogBuilder, scope: ComparisonScope = ComparisonScope(),
        _ change: Change = { _, _ in }
    ) async throws -> PartitionComparison {
        try await #require(compareAll([source], [target], scope: scope, change).first)
    }

    /// Compares all partitions of a topic, of which each has one log.
    static func compareAll(
        _ source: [LogBuilder], _ target: [LogBuilder], scope: ComparisonScope = ComparisonScope(),
        _ change: Change = { _, _ in }
    ) async throws -> [PartitionComparison] {
        try await compare(
            source: { try $0.createTopic("log", logs: source) }, target: { try $0.createTopic("copy", logs: target) },
            partitions: source.count, scope: scope, change)
    }

    /// Compares the topic `log` of a source with `copy` of a target.
    static func compare(
        source: World, target: World, partitions: Int = 1, scope: ComparisonScope = ComparisonScope(),
        _ change: Change = { _, _ in }
    ) async throws -> [PartitionComparison] {
        let pairs = (0..<Int32(partitions)).map { index in
            LogPair(source: TopicPartition("log", index), target: TopicPartition("copy", index))
        }
        var states = [ClusterState.empty(.kafka3, "source"), .empty(.kafka4, "target")]
        try source(&states[0])
        try target(&states[1])
        return try await ServedCluster.with(states) { served in
            change(served[0], served[1])
            return try await served[0].withClient { source in
                try await served[1].withClient { target in
                    var settings = LogScanner.Settings()
                    settings.lanes = 1
                    let comparison = LogComparison(
                        source: source, target: target, scope: scope, settings: settings, EmbeddedScene.context)
                    return await comparison.compare(pairs)
                }
            }
        }
    }

    @Test("copies of batches are compared as such, other copies by their records")
    func methods() async throws {
        let log = try LogBuilder.log(2000, perBatch: 100, codec: .lz4)
        let same = try await Self.compare(log, log)
        #expect(same.method == .batches)
        #expect(same.result?.compared == 2000)
        #expect(same.result?.differences.total == 0)
        let other = try await Self.compare(log, .log(2000, perBatch: 33, codec: .gzip, from: 700))
        #expect(other.method == .records)
        #expect(other.result?.compared == 2000)
        #expect(other.result?.differences.total == 0)
        #expect(other.source?.records == 2000)
        #expect(other.error == nil)
    }

    @Test("of copies of batches both sides are hashed, chunk by chunk, whatever pieces they are read in")
    func chunks() async throws {
        // Two stretches of 65,536 offsets, and a batch that lies in both.
        let log = try LogBuilder.log(100_000, perBatch: 1000, codec: .lz4)
        let found = try await Self.compare(log, log)
        #expect(found.method == .batches)
        #expect(found.chunks.map { $0.source?.firstOffset } == [0, 66_000])
        #expect(found.chunks.map { $0.target?.lastOffset } == [65_999, 99_999])
        #expect(found.chunks.map { $0.source?.batches } == [66, 34])
        #expect(found.chunks.allSatisfy { $0.source != nil && $0.source == $0.target })
        // The chain over the batches' own bytes, from their attributes on.
        func chain(_ batches: ArraySlice<[UInt8]>) throws -> [UInt8] {
            try batches.reduce([UInt8](repeating: 0, count: 32)) { hash, batch in
                try HashFunction.sha256.digest(of: hash + HashFunction.sha256.digest(of: Array(batch.dropFirst(21))))
            }
        }
        #expect(try found.chunks.map { $0.source?.sha256 } == [chain(log.batches[..<66]), chain(log.batches[66...])])
        try await LogScannerTests.with(log) { scene in
            for lanes in [1, 3, 8] {
                var settings = LogScanner.Settings()
                settings.lanes = lanes
                settings.smallestPiece = 10_000
                let scanner = LogScanner(scene.client, settings: settings, EmbeddedScene.context)
                defer { scanner.close() }
                var span = ScanSpan(LogScannerTests.partition, from: 0, to: 100_000, unit: .batches)
                span.chunk = 1 << 16
                let scan = try #require(await scanner.scan([span]).first)
                #expect(scan.chunks == found.chunks.compactMap(\.source))
            }
        }
    }

    @Test("batches whose checksums agree and whose bytes do not are no copies")
    func forged() async throws {
        let log = try LogBuilder.log(1000, perBatch: 100)
        var forged = log
        forged.forge(batch: 4)
        #expect(forged.batches[4] != log.batches[4])
        #expect(forged.batches[4][17..<21] == log.batches[4][17..<21])
        let found = try await Self.compare(log, forged)
        #expect(found.method == .records)
        #expect(found.reason.contains("differ"))
        #expect(found.chunks.isEmpty)
        #expect(found.result?.differences.counts == [.altered: 1])
    }

    @Test("copies are compared by batches where one batch of each partition fills an answer")
    func largeBatches() async throws {
        let logs = try (0..<3).map { try LogBuilder.log(12_000, perBatch: 4000, from: Int64($0)) }
        #expect(try #require(logs[0].batches.first).count > 64 << 10)
        let found = try await Self.compareAll(logs, logs)
        #expect(found.map(\.method) == [.batches, .batches, .batches])
        #expect(found.map { $0.result?.compared } == [12_000, 12_000, 12_000])
    }

    @Test("a copy of batches of which one differs is compared by its records")
    func oneBatch() async throws {
        var copy = try LogBuilder.log(1000, perBatch: 100)
        try copy.append(1000..<1050)
        try copy.append(1051..<1101)
        let found = try await Self.compare(.log(1100, perBatch: 100), copy)
        #expect(found.method == .records)
        #expect(found.result?.differences.counts == [.missing: 1, .extra: 1])
        #expect(found.result?.differences.first == Difference(.missing, source: 1050, target: nil))
    }

    @Test("a damaged batch on one side leaves what was compared before it, and a difference found there counts")
    func corruption() async throws {
        var damaged = try LogBuilder.log(1000, perBatch: 50)
        damaged.damage(batch: 12)
        let clean = try await Self.compare(.log(1000, perBatch: 100), damaged)
        #expect(clean.error?.name == "crc_mismatch")
        #expect(clean.result?.differences.total == 0)
        #expect(clean.result?.compared == 600)
        var altered = LogBuilder()
        try altered.append(0..<20)
        try altered.append(5000..<5001)
        for first in stride(from: 21, to: 1000, by: 10) { try altered.append(first..<min(1000, first + 10)) }
        altered.damage(batch: 50)
        let found = try await Self.compare(.log(1000, perBatch: 100), altered)
        #expect(found.error?.name == "crc_mismatch")
        #expect(found.result?.differences.total ?? 0 > 0)
    }

    @Test("aborted records that were copied are told from others, in whatever window they are")
    func abortedCopied() async throws {
        func append(_ numbers: Range<Int>, by size: Int, to topic: String, _ state: inout ClusterState) throws {
            for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: size) {
                try state.append(LogBuilder.records(first..<first + size), to: topic)
            }
        }
        let all = try await Self.compare { state in
            state.createTopic("log")
            try append(0..<12_000, by: 500, to: "log", &state)
            try state.transaction("five", .abort, [("log", 0, LogBuilder.records(50_000..<50_040))])
            try append(12_000..<20_000, by: 500, to: "log", &state)
        } target: { state in
            state.createTopic("copy")
            try append(0..<12_000, by: 750, to: "copy", &state)
            try append(50_000..<50_037, by: 37, to: "copy", &state)
            try append(90_000..<90_002, by: 2, to: "copy", &state)
            try append(12_000..<20_000, by: 400, to: "copy", &state)
        }
        let found = try #require(all.first)
        #expect(found.error == nil)
        #expect(found.result?.compared == 20_000)
        #expect(found.result?.differences.counts == [.abortedCopied: 37, .extra: 2])
        #expect(
            found.result?.differences.first == Difference(.abortedCopied, source: 12_000, target: 12_000))
    }

    @Test("offsets up to the largest that there can be are compared like others")
    func largeOffsets() async throws {
        let first = Int64.max - 9_001
        let log = try LogBuilder.log(9_000, perBatch: 100, from: first)
        #expect(log.next == .max - 1)
        let copied = try await Self.compare(log, .log(9_000, perBatch: 33))
        #expect(copied.error == nil)
        #expect(copied.result?.compared == 9_000)
        #expect(copied.result?.differences.total == 0)
        var short = try LogBuilder.log(8_990, perBatch: 33)
        try short.append(8_991..<9_000)
        let found = try await Self.compare(log, short)
        #expect(found.result?.differences.counts == [.missing: 1])
        #expect(found.result?.differences.first?.sourceOffset == first + 8_990)
    }

    @Test("a topic that is made anew meanwhile is not compared")
    func recreated() async throws {
        let log = try LogBuilder.log(500, perBatch: 100)
        let copy = try LogBuilder.log(500, perBatch: 7)
        let found = try await Self.compare(log, copy) { _, target in
            target.faults.meet(.fetch, times: 1) {
                target.change { state in
                    state.topics["copy"] = nil
                    try? state.createTopic("copy", logs: [copy])
                }
            }
        }
        #expect(found.error?.name == "changed_underfoot")
        #expect(found.result == nil)
    }

    @Test("a part of the source is looked for in the whole target")
    func part() async throws {
        var scope = ComparisonScope()
        scope.from = 300
        scope.to = 800
        let log = try LogBuilder.log(1000, perBatch: 100)
        let found = try await Self.compare(log, .log(1000, perBatch: 30), scope: scope)
        #expect(found.result?.compared == 500)
        #expect(found.result?.differences.total == 0)
        #expect(found.result?.targetNotCompared ?? 0 > 0)
    }

    @Test("records that came after the target's end was read may be missing")
    func live() async throws {
        // At the first look there were 900 on either side.
        let found = try await Self.compare(.log(900, perBatch: 100), .log(900, perBatch: 30)) { source, target in
            target.faults.meet(.listOffsets, times: 1) {
                source.change { _ = try? $0.append(LogBuilder.records(900..<1000), to: "log") }
            }
        }
        #expect(found.result?.differences.total == 0, "\(String(describing: found.result?.differences.examples))")
        #expect(found.result?.compared == 900)
        #expect(found.source?.end == 1000)
        #expect(found.error == nil)
    }
}

import Guarding
import KafkaClient
import KafkaRecords
import KafkaWire
import Parity
import ScriptedBroker
import Testing
import Transport

@Suite("A scan of a partition")
struct LogScannerTests {
    static let partition = TopicPartition("log", 0)

    static func with(
        _ log: LogBuilder, _ change: (inout ClusterModel.Partition) -> Void = { _ in },
        _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        var partition = try ClusterModel.Partition(batches: log.batches)
        partition.end = log.next
        change(&partition)
        var model = ClusterModel()
        model.topics["log"] = .init([partition])
        try await ScriptedCluster.with(brokers: 1, model) { cluster in
            try await cluster.withClient { try await body(cluster, $0) }
        }
    }

    static func scan(
        _ client: KafkaCluster, from start: Int64 = 0, to end: Int64, unit: ScanSpan.Unit = .records(DigestPolicy()),
        isolation: IsolationLevel = .readCommitted, lanes: Int = 1, smallestPiece: Int64 = 200_000
    ) async throws -> PartitionScan {
        var settings = LogScanner.Settings()
        settings.lanes = lanes
        settings.smallestPiece = smallestPiece
        let scanner = LogScanner(client, settings: settings, .within(.seconds(60)))
        defer { scanner.close() }
        let span = ScanSpan(partition, from: start, to: end, unit: unit, isolation: isolation)
        return try #require(await scanner.scan([span]).first)
    }

    @Test("its windows do not depend on batches, codecs, answers or pieces")
    func windows() async throws {
        let bounds = Guardedly()
        for (perBatch, codec, lanes): (Int, CompressionCodec, Int) in [
            (500, .none, 1), (37, .lz4, 1), (100, .zstd, 4), (999, .gzip, 3),
        ] {
            try await Self.with(try .log(30_000, perBatch: perBatch, codec: codec)) { _, client in
                let scan = try await Self.scan(client, to: 30_000, lanes: lanes, smallestPiece: 1000)
                #expect(scan.error == nil)
                #expect(scan.summary.records == 30_000)
                #expect(scan.windows.recordCount == 30_000)
                #expect(scan.end == 30_000)
                await bounds.add(scan.windows)
            }
        }
        let all = await bounds.windows
        #expect(all.count == 4)
        #expect(all[0].count > 1)
        for windows in all { #expect(windows == all[0]) }
    }

    /// Collects from concurrent bodies.
    actor Guardedly {
        var windows: [[Window]] = []
        func add(_ windows: [Window]) { self.windows.append(windows) }
    }

    @Test("records that are all equal are cut by their number, in pieces too")
    func constant() async throws {
        let log = try LogBuilder.log(200_000, perBatch: 5000, codec: .lz4, constant: true)
        try await Self.with(log) { _, client in
            let whole = try await Self.scan(client, to: 200_000)
            #expect(whole.windows.map(\.count) == [65536, 65536, 65536, 3392])
            let pieces = try await Self.scan(client, to: 200_000, lanes: 3, smallestPiece: 1000)
            #expect(pieces.windows == whole.windows)
            #expect(pieces.error == nil)
        }
    }

    @Test("markers and aborted records are counted and are no part of it")
    func transactions() async throws {
        var log = LogBuilder()
        try log.append(0..<10, producer: 4)
        try log.end(of: 4, committed: true)
        try log.append(50..<60, producer: 5)
        try log.end(of: 5, committed: false)
        try log.append(10..<20)
        let built = log
        try await Self.with(built, { $0.abortedTransactions = [AbortedTransaction(producerId: 5, firstOffset: 11)] }) {
            _, client in
            let scan = try await Self.scan(client, to: built.next)
            #expect(scan.summary.records == 20)
            #expect(scan.summary.controlRecords == 2)
            #expect(scan.summary.abortedRecords == 10)
            #expect(scan.end == built.next)
        }
        try await Self.with(try .log(20, perBatch: 20)) { _, client in
            let plain = try await Self.scan(client, to: 20)
            try await Self.with(
                built, { $0.abortedTransactions = [AbortedTransaction(producerId: 5, firstOffset: 11)] }
            ) {
                _, client in
                let scan = try await Self.scan(client, to: built.next)
                #expect(scan.windows.digest == plain.windows.digest)
            }
        }
    }

    @Test("a batch that is damaged ends it there, with what came before")
    func corruption() async throws {
        var log = try LogBuilder.log(1000, perBatch: 100)
        log.damage(batch: 6)
        for unit in [ScanSpan.Unit.records(DigestPolicy()), .batches] {
            try await Self.with(log) { _, client in
                let scan = try await Self.scan(client, to: 1000, unit: unit)
                #expect(scan.error?.name == "crc_mismatch")
                #expect(scan.end == 600)
                #expect(scan.summary.records == 600)
                #expect(!scan.isWhole)
            }
        }
    }

    @Test("where retention removes its start meanwhile it begins anew at what is left")
    func retention() async throws {
        let log = try LogBuilder.log(3000, perBatch: 100)
        try await Self.with(log) { cluster, client in
            cluster.on(FetchRequest.self) { request, call in
                guard call.number == 1 else { return .standard }
                return .answer(Self.error(.offsetOutOfRange, at: request.topics[0].partitions[0].fetchOffset))
            }
            cluster.change { $0.topics["log"]?.partitions[0].start = 1000 }
            let scan = try await Self.scan(client, to: 3000)
            #expect(scan.error == nil)
            #expect(scan.start == 1000)
            #expect(scan.summary.records == 2000)
        }
    }

    @Test("a log that ends before the end it had was truncated")
    func truncation() async throws {
        let log = try LogBuilder.log(1000, perBatch: 100)
        try await Self.with(log) { _, client in
            let scan = try await Self.scan(client, to: 1500)
            #expect(scan.error?.name == "changed_underfoot")
            #expect(scan.end == 1000)
            #expect(scan.summary.records == 1000)
        }
    }

    @Test("a broker that never sends a whole batch, or nothing, is given up")
    func stubborn() async throws {
        let log = try LogBuilder.log(1000, perBatch: 1000)
        try await Self.with(log) { cluster, client in
            cluster.on(FetchRequest.self) { _, _ in
                let bytes = cluster.model.topics["log"]?.partitions[0].records.prefix(70) ?? []
                return .answer(Self.answer(bytes, highWatermark: 1000))
            }
            let scan = try await Self.scan(client, to: 1000)
            #expect(scan.error?.name == "protocol")
        }
        try await Self.with(log) { cluster, client in
            cluster.on(FetchRequest.self) { _, _ in .answer(Self.answer([], highWatermark: 1000)) }
            let scan = try await Self.scan(client, to: 1000)
            #expect(scan.error?.name == "protocol.unsupported")
        }
    }

    @Test("batches are compared by where they are and what their checksums say")
    func batches() async throws {
        let log = try LogBuilder.log(30_000, perBatch: 10, codec: .lz4)
        let windows = Guardedly()
        for lanes in [1, 3] {
            try await Self.with(log) { _, client in
                let scan = try await Self.scan(
                    client, to: 30_000, unit: .batches, lanes: lanes, smallestPiece: 500)
                #expect(scan.summary.batches == 3000)
                #expect(scan.windows.recordCount == 30_000)
                #expect(scan.windows.last?.lastOffset == 29_999)
                await windows.add(scan.windows)
            }
        }
        try await Self.with(try .log(30_000, perBatch: 20, codec: .lz4)) { _, client in
            await windows.add(try await Self.scan(client, to: 30_000, unit: .batches).windows)
        }
        let all = await windows.windows
        #expect(all[0] == all[1])
        #expect(all[0].digest != all[2].digest)
    }

    @Test("how far it is can be seen from the first answer on, until it has ended")
    func progress() async throws {
        let log = try LogBuilder.log(20_000, perBatch: 10_000)
        let meter = UsageMeter()
        try await Self.with(log) { cluster, client in
            let seen = Guarded<[ScanProgress?]>([])
            cluster.amend(FetchRequest.self) { _, _ in
                seen.withLock { $0.append(meter.scans.progress(at: .now)) }
            }
            var settings = LogScanner.Settings()
            settings.lanes = 1
            settings.maxFetch = 64 << 10
            let scanner = LogScanner(
                client, settings: settings, CallContext(deadline: .after(.seconds(60)), meter: meter))
            defer { scanner.close() }
            let span = ScanSpan(Self.partition, from: 0, to: 20_000, unit: .records(DigestPolicy()))
            let scan = try #require(await scanner.scan([span]).first)
            #expect(scan.summary.records == 20_000)
            let progress = seen.withLock { $0.compactMap { $0 } }
            #expect(progress.allSatisfy { $0.offsets == 20_000 })
            #expect(progress.map(\.done) == progress.map(\.done).sorted())
            #expect(progress.first?.done == 0)
            #expect(meter.scans.progress(at: .now) == nil)
        }
    }

    /// Time that passes as fast as it is waited for.
    private final class RushingClock: Sendable {
        private let instant = Guarded(ContinuousClock.now)

        var now: ContinuousClock.Instant { instant.withLock { $0 } }

        var passage: Passage {
            Passage(now: { self.now }) { until in
                self.instant.withLock { instant in instant = max(instant, until) }
                await Task.yield()
                return !Task.isCancelled
            }
        }
    }

    @Test(
        "while a broker is away it waits, and goes on behind the last record that was verified", arguments: [20, 9999])
    func outage(lastFailing: Int) async throws {
        let log = try LogBuilder.log(40_000, perBatch: 500)
        try await Self.with(log) { cluster, client in
            cluster.on(FetchRequest.self) { request, call in
                guard (4...lastFailing).contains(call.number) else { return .standard }
                return .answer(Self.error(.leaderNotAvailable, at: request.topics[0].partitions[0].fetchOffset))
            }
            let clock = RushingClock()
            let start = clock.now
            var settings = LogScanner.Settings()
            settings.lanes = 1
            settings.maxFetch = 64 << 10
            let context = CallContext(deadline: .after(.seconds(3600)), time: clock.passage)
            let scanner = LogScanner(client, settings: settings, context)
            defer { scanner.close() }
            let span = ScanSpan(Self.partition, from: 0, to: 40_000, unit: .records(DigestPolicy()))
            let scan = try #require(await scanner.scan([span]).first)
            let waited = start.duration(to: clock.now)
            if lastFailing == 20 {
                #expect(scan.error == nil)
                #expect(scan.summary.records == 40_000)
                #expect(waited < .seconds(60))
            } else {
                #expect(scan.error?.name == "LEADER_NOT_AVAILABLE")
                #expect(scan.end > 0 && scan.end < 40_000)
                #expect(scan.summary.records == scan.end)
                #expect(waited > .seconds(60) && waited < .seconds(90))
            }
        }
    }

    @Test("that the leader set the timestamps is told")
    func logAppendTime() async throws {
        var log = LogBuilder()
        try log.append(0..<10)
        try log.append(10..<20, timestampType: .logAppendTime)
        let built = log
        try await Self.with(built) { _, client in
            let first = try await Self.scan(client, to: 10)
            #expect(!first.summary.hasLogAppendTime)
            let both = try await Self.scan(client, to: 20)
            #expect(both.summary.hasLogAppendTime)
        }
    }

    static func answer(_ bytes: ArraySlice<UInt8>, highWatermark: Int64) -> FetchResponse {
        var partition = FetchResponse.Partition()
        partition.highWatermark = highWatermark
        partition.lastStableOffset = highWatermark
        partition.logStartOffset = 0
        partition.records = bytes
        return response(partition)
    }

    static func error(_ code: KafkaErrorCode, at offset: Int64) -> FetchResponse {
        var partition = FetchResponse.Partition()
        partition.error = code
        return response(partition)
    }

    private static func response(_ partition: FetchResponse.Partition) -> FetchResponse {
        var topic = FetchResponse.Topic()
        topic.name = "log"
        topic.partitions = [partition]
        var response = FetchResponse()
        response.responses = [topic]
        return response
    }
}

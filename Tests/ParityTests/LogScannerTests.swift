import EmbeddedClusters
import EmbeddedKafka
import Guarding
import KafkaClient
import KafkaRecords
import KafkaWire
import Parity
import Testing
import Transport

@Suite("A scan of a partition")
struct LogScannerTests {
    static let partition = TopicPartition("log", 0)

    /// One topic, `log`, of one partition.
    static func with(
        _ log: LogBuilder, _ body: @Sendable (EmbeddedScene) async throws -> Void
    ) async throws {
        try await EmbeddedScene.with {
            try $0.createTopic("log", logs: [log])
        } _: {
            try await body($0)
        }
    }

    static func scan(
        _ client: KafkaCluster, from start: Int64 = 0, to end: Int64, unit: ScanSpan.Unit = .records(DigestPolicy()),
        isolation: IsolationLevel = .readCommitted, lanes: Int = 1, smallestPiece: Int64 = 200_000,
        maxFetch: Int? = nil, _ context: CallContext = EmbeddedScene.context
    ) async throws -> PartitionScan {
        var settings = LogScanner.Settings()
        settings.lanes = lanes
        settings.smallestPiece = smallestPiece
        if let maxFetch { settings.maxFetch = maxFetch }
        let scanner = LogScanner(client, settings: settings, context)
        defer { scanner.close() }
        let span = ScanSpan(partition, from: start, to: end, unit: unit, isolation: isolation)
        return try #require(await scanner.scan([span]).first)
    }

    @Test("its windows do not depend on batches, codecs, answers or pieces")
    func windows() async throws {
        let bounds = Collected()
        for (perBatch, codec, lanes): (Int, CompressionCodec, Int) in [
            (500, .none, 1), (37, .lz4, 1), (100, .zstd, 4), (999, .gzip, 3),
        ] {
            try await Self.with(try .log(30_000, perBatch: perBatch, codec: codec)) { scene in
                let scan = try await Self.scan(scene.client, to: 30_000, lanes: lanes, smallestPiece: 1000)
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
    actor Collected {
        var windows: [[Window]] = []
        func add(_ windows: [Window]) { self.windows.append(windows) }
    }

    /// The windows of ranges that are scanned apart, as shards do.
    static func ranges(_ client: KafkaCluster, _ cuts: [Int64], lanes: Int) async throws -> [Window] {
        var settings = LogScanner.Settings()
        settings.lanes = lanes
        settings.smallestPiece = 1000
        let scanner = LogScanner(client, settings: settings, EmbeddedScene.context)
        defer { scanner.close() }
        var windows: [Window] = []
        for (from, to) in zip(cuts, cuts.dropFirst()) {
            var span = ScanSpan(partition, from: from, to: to, unit: .records(DigestPolicy()))
            span.follows = from != cuts.first
            span.closesBy = to == cuts.last ? nil : cuts.last
            let scan = try #require(await scanner.scan([span]).first)
            #expect(scan.error == nil && scan.start == from)
            #expect(scan.summary.records == to - from)
            windows += scan.windows
        }
        return windows
    }

    @Test("ranges scanned apart have together the windows of the whole", arguments: [1, 3])
    func ranges(lanes: Int) async throws {
        let log = try LogBuilder.log(30_000, perBatch: 100, codec: .lz4, from: 500)
        try await Self.with(log) { scene in
            let client = scene.client
            let whole = try await Self.scan(client, from: 500, to: 30_500)
            #expect(whole.windows.count > 3)
            let bound = whole.windows[1].lastOffset
            for cuts: [Int64] in [
                [500, 10_000, 20_055, 30_500], [500, bound, bound + 1, bound + 2, 30_500], [500, 30_499, 30_500],
            ] {
                #expect(try await Self.ranges(client, cuts, lanes: lanes) == whole.windows)
            }
        }
        // Nothing in it is a bound: the first range reads all of it, the others find none that is theirs.
        try await Self.with(try .log(70_000, perBatch: 5000, codec: .lz4, constant: true)) { scene in
            let whole = try await Self.scan(scene.client, to: 70_000)
            let ranges = try await Self.ranges(scene.client, [0, 20_000, 68_000, 70_000], lanes: lanes)
            #expect(ranges == whole.windows)
        }
    }

    @Test("a range of which the start was removed is an error, as what comes before it is scanned elsewhere")
    func rangeLosesStart() async throws {
        try await Self.with(try .log(2000, perBatch: 100)) { scene in
            scene.cluster.change { $0.deleteRecords(of: "log", before: 1000) }
            var span = ScanSpan(Self.partition, from: 500, to: 1500, unit: .records(DigestPolicy()))
            span.follows = true
            let scanner = LogScanner(scene.client, EmbeddedScene.context)
            defer { scanner.close() }
            let scan = try #require(await scanner.scan([span]).first)
            #expect("\(scan.error as Any)".contains("records from offset 500 on were removed"))
        }
    }

    @Test("records that are all equal are cut by their number, in pieces too")
    func constant() async throws {
        let log = try LogBuilder.log(200_000, perBatch: 5000, codec: .lz4, constant: true)
        try await Self.with(log) { scene in
            let whole = try await Self.scan(scene.client, to: 200_000)
            #expect(whole.windows.map(\.count) == [65536, 65536, 65536, 3392])
            let pieces = try await Self.scan(scene.client, to: 200_000, lanes: 3, smallestPiece: 1000)
            #expect(pieces.windows == whole.windows)
            #expect(pieces.error == nil)
        }
    }

    @Test("markers and aborted records are counted and are no part of it")
    func transactions() async throws {
        let windows = Collected()
        try await EmbeddedScene.with { state in
            state.createTopic("log")
            try state.transaction("one", .commit, [("log", 0, LogBuilder.records(0..<10))])
            try state.transaction("two", .abort, [("log", 0, LogBuilder.records(50..<60))])
            try state.append(LogBuilder.records(10..<20), to: "log")
        } _: { scene in
            let scan = try await Self.scan(scene.client, to: 32)
            #expect(scan.summary.records == 20)
            #expect(scan.summary.controlRecords == 2)
            #expect(scan.summary.abortedRecords == 10)
            #expect(scan.end == 32)
            await windows.add(scan.windows)
        }
        try await Self.with(try .log(20, perBatch: 20)) { scene in
            await windows.add(try await Self.scan(scene.client, to: 20).windows)
        }
        let digests = await windows.windows.map(\.digest)
        #expect(digests.count == 2 && digests.first == digests.last)
    }

    @Test("a batch that is damaged ends it there, with what came before")
    func corruption() async throws {
        var log = try LogBuilder.log(1000, perBatch: 100)
        log.damage(batch: 6)
        for unit in [ScanSpan.Unit.records(DigestPolicy()), .batches] {
            try await Self.with(log) { scene in
                let scan = try await Self.scan(scene.client, to: 1000, unit: unit)
                #expect(scan.error?.name == "crc_mismatch")
                #expect(scan.end == 600)
                #expect(scan.summary.records == 600)
                #expect(!scan.isWhole)
            }
        }
    }

    @Test("a batch that was damaged on the way is read again")
    func corruptionOnTheWay() async throws {
        try await Self.with(try .log(1000, perBatch: 100)) { scene in
            let sound = scene.cluster.read(\.topics)
            scene.cluster.change { _ = $0.damageBatch(of: "log", at: 650) }
            scene.meet(.fetch, times: 1)
            scene.meet(.fetch, times: 1) { $0.change { $0.topics = sound } }
            let scan = try await Self.scan(scene.client, to: 1000)
            #expect(scan.error == nil && scan.isWhole && scan.summary.records == 1000)
            #expect(scene.requestCount(of: .fetch) > 1)
        }
    }

    @Test("where retention removes its start meanwhile it begins anew at what is left")
    func retention() async throws {
        try await Self.with(try .log(3000, perBatch: 100)) { scene in
            scene.meet(.fetch, times: 1) { $0.change { $0.deleteRecords(of: "log", before: 1000) } }
            let scan = try await Self.scan(scene.client, to: 3000)
            #expect(scan.error == nil)
            #expect(scan.start == 1000)
            #expect(scan.summary.records == 2000)
        }
    }

    @Test("a log that ends before the end it had was truncated", arguments: [0, 1])
    func truncation(fetchesBefore: Int) async throws {
        try await Self.with(try .log(30_000, perBatch: 500)) { scene in
            if fetchesBefore > 0 { scene.meet(.fetch, times: fetchesBefore) }
            scene.meet(.fetch, times: 1) { $0.change { $0.truncate("log", to: 20_000) } }
            let scan = try await Self.scan(scene.client, to: 30_000, maxFetch: 64 << 10)
            #expect(scan.error?.name == "changed_underfoot")
            #expect(scan.end == 20_000)
            #expect(scan.summary.records == 20_000)
        }
    }

    @Test("a leader that moves meanwhile is followed")
    func moves() async throws {
        try await EmbeddedScene.with(brokers: 2) { state in
            state.createTopic("log", replication: 2)
            for first in stride(from: 0, to: 20_000, by: 500) {
                try state.append(LogBuilder.records(first..<first + 500), to: "log")
            }
        } _: { scene in
            scene.meet(.fetch, times: 3)
            scene.meet(.fetch, times: 1) { $0.change { $0.moveLeader(of: "log", 0, to: 2) } }
            let scan = try await Self.scan(scene.client, to: 20_000, maxFetch: 64 << 10)
            #expect(scan.error == nil && scan.summary.records == 20_000 && scan.end == 20_000)
            let asked = try scene.requests(FetchRequest.self)
            #expect(Set(asked.map(\.broker)) == [1, 2])
        }
    }

    @Test("batches are compared by where they are and what their checksums say")
    func batches() async throws {
        let log = try LogBuilder.log(30_000, perBatch: 10, codec: .lz4)
        let windows = Collected()
        for lanes in [1, 3] {
            try await Self.with(log) { scene in
                let scan = try await Self.scan(
                    scene.client, to: 30_000, unit: .batches, lanes: lanes, smallestPiece: 500)
                #expect(scan.summary.batches == 3000)
                #expect(scan.windows.recordCount == 30_000)
                #expect(scan.windows.last?.lastOffset == 29_999)
                await windows.add(scan.windows)
            }
        }
        try await Self.with(try .log(30_000, perBatch: 20, codec: .lz4)) { scene in
            await windows.add(try await Self.scan(scene.client, to: 30_000, unit: .batches).windows)
        }
        let all = await windows.windows
        #expect(all[0] == all[1])
        #expect(all[0].digest != all[2].digest)
    }

    @Test("how far it is can be seen from the first answer on, until it has ended")
    func progress() async throws {
        let meter = UsageMeter()
        try await Self.with(try .log(20_000, perBatch: 10_000)) { scene in
            let seen = Guarded<[ScanProgress?]>([])
            scene.meet(.fetch) { _ in seen.withLock { $0.append(meter.scans.progress(at: .now)) } }
            let context = CallContext(deadline: .after(.seconds(60)), meter: meter)
            let scan = try await Self.scan(scene.client, to: 20_000, maxFetch: 64 << 10, context)
            #expect(scan.summary.records == 20_000)
            let progress = seen.withLock { $0.compactMap { $0 } }
            #expect(progress.allSatisfy { $0.offsets == 20_000 })
            #expect(progress.map(\.done) == progress.map(\.done).sorted())
            #expect(progress.first?.done == 0)
            #expect(meter.scans.progress(at: .now) == nil)
        }
    }

    @Test(
        "while a broker is away it waits, and goes on behind the last record that was verified",
        arguments: [17, nil], [Fault.Effect.error(.leaderNotAvailable), .disconnect])
    func outage(failures: Int?, effect: Fault.Effect) async throws {
        try await Self.with(try .log(40_000, perBatch: 500)) { scene in
            scene.meet(.fetch, times: 3)
            scene.cluster.faults.add(Fault(effect, api: .fetch, times: failures))
            let clock = VirtualClock()
            let scan = try await Self.scan(
                scene.client, to: 40_000, maxFetch: 64 << 10, clock.within(.seconds(3600)))
            if failures != nil {
                #expect(scan.error == nil)
                #expect(scan.summary.records == 40_000)
                #expect(clock.passed < .seconds(60))
            } else {
                if case .error = effect { #expect(scan.error?.name == "LEADER_NOT_AVAILABLE") }
                #expect(scan.error != nil)
                #expect(scan.end > 0 && scan.end < 40_000)
                #expect(scan.summary.records == scan.end)
                #expect(clock.passed > .seconds(60) && clock.passed < .seconds(90))
            }
        }
    }

    @Test("that the leader set the timestamps is told")
    func logAppendTime() async throws {
        try await EmbeddedScene.with { state in
            state.createTopic("log")
            try state.append(LogBuilder.records(0..<10), to: "log")
            state.topics["log"]?.settings["message.timestamp.type"] = "LogAppendTime"
            try state.append(LogBuilder.records(10..<20), to: "log")
        } _: { scene in
            let first = try await Self.scan(scene.client, to: 10)
            #expect(!first.summary.hasLogAppendTime)
            let both = try await Self.scan(scene.client, to: 20)
            #expect(both.summary.hasLogAppendTime)
        }
    }
}

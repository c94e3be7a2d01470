import Foundation
import Testing

/// `offset_sync_fresh` against a real MirrorMaker 2, while it runs and once it has stopped.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct OffsetSyncFreshTests {
    private static let topic = "fresh-orders"
    private static let group = "fresh-billing"

    private func gate(_ set: [String]) async throws -> SluiceCommand.Result {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        return try await SluiceCommand.gates(
            ["offset_sync_fresh"], source: source.bootstrap, target: target.bootstrap,
            set: ["topics=fresh-*", "groups=\(Self.group)"] + set,
            ["--map-topics", "freshsrc.{topic}", "--detail"])
    }

    /// What Kafka's own formatter prints of the syncs: the last upstream offset of each partition.
    private func lastSyncs() async throws -> [Int64: Int64] {
        let lines = try await KafkaTools(
            installation: KafkaInstallation.target(), bootstrap: SharedKafka.source.bootstrap
        ).run(
            "kafka-console-consumer.sh",
            [
                "--topic", "mm2-offset-syncs.freshtgt.internal", "--partition", "0", "--offset", "earliest",
                "--timeout-ms", "8000", "--formatter",
                "org.apache.kafka.connect.mirror.formatters.OffsetSyncFormatter",
            ])
        // OffsetSync{topicPartition=fresh-orders-0, upstreamOffset=0, downstreamOffset=0}
        let numbers = lines.filter { $0.contains("topicPartition=\(Self.topic)-") }
            .map { $0.split { !$0.isNumber }.compactMap { Int64($0) } }
        return Dictionary(numbers.map { ($0[0], $0[1]) }) { _, last in last }
    }

    @Test("While MirrorMaker runs, syncs and checkpoints become current; once it has stopped, what comes later is not")
    func freshness() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        try await source.fixture.createTopic(Self.topic, partitions: 2, settings: ["retention.ms": "-1"])
        for partition in Int32(0)..<2 {
            try await RawProducer.produce(
                RawRecord.numbered(0..<500), to: Self.topic, partition: partition, at: source.bootstrap, perBatch: 40)
        }
        try await source.fixture.commit(Self.group, Self.topic, [0: 250, 1: 500])
        let aborted = "fresh-aborted"
        try await source.fixture.createTopic(aborted, settings: ["retention.ms": "-1"])
        try await RawProducer.produce(RawRecord.numbered(0..<100), to: aborted, at: source.bootstrap)
        try await source.fixture.transaction(10, to: aborted, .abort)
        try await RawProducer.produce(RawRecord.numbered(100..<200), to: aborted, at: source.bootstrap)
        let before = try await gate(["interval=1s", "intervals=1"])
        #expect(before.exitCode == 2, "nothing is synced yet: \(before.errors)")

        let mirror = try MirrorMaker.start(
            topics: "fresh-.*", from: source, as: "freshsrc", to: target, as: "freshtgt")
        var run = before
        let deadline = ContinuousClock.now + .seconds(150)
        while run.exitCode != 0, ContinuousClock.now < deadline, mirror.isRunning {
            try await Task.sleep(for: .seconds(2))
            // Two flushes of MirrorMaker's offsets are five seconds.
            run = try await gate(["interval=2500ms", "intervals=2"])
        }
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(mirror.isRunning)
        var evidence = try run.evidence
        #expect(evidence.checks("in_range", gate: "offset_sync_fresh", ok: true).count == 3)
        #expect(evidence.checks("sync_age", gate: "offset_sync_fresh", ok: true).count == 3)
        let checkpoints = evidence.checks("checkpoint_age", gate: "offset_sync_fresh", ok: true)
        #expect(checkpoints.map { $0["facts"]["committed"].integer } == [250, 500])
        #expect(checkpoints.allSatisfy { $0["facts"]["log"].string == "freshsrc.checkpoints.internal" })

        // Nothing is written meanwhile: sooner or later the last records have syncs of their own.
        var covered = run
        repeat {
            try await Task.sleep(for: .seconds(2))
            covered = try await gate(["interval=1ms", "intervals=1"])
        } while covered.exitCode != 0 && ContinuousClock.now < deadline + .seconds(60)
        await mirror.stop()
        let quiet = try await gate(["interval=1s", "intervals=2"])
        #expect(quiet.exitCode == 0, "\(quiet.errors)")
        evidence = try quiet.evidence
        let printed = try await lastSyncs()
        #expect(printed == [0: 499, 1: 499])
        for check in evidence.checks("sync_age", gate: "offset_sync_fresh", ok: true)
        where check["subject"]["topic"].string == Self.topic {
            let partition = try #require(check["subject"]["partition"].integer)
            #expect(check["facts"]["basis"] == "covered")
            #expect(check["facts"]["upstream_offset"].integer == printed[partition])
        }

        // MirrorMaker reads uncommitted unless it is told otherwise, and what it writes is committed.
        let parity = try await SluiceCommand.gates(
            ["record_parity"], source: source.bootstrap, target: target.bootstrap, set: ["topics=\(aborted)"],
            ["--map-topics", "freshsrc.{topic}"])
        #expect(parity.exitCode == 1, "\(parity.errors)")
        let differing = try parity.evidence.of("check", gate: "record_parity").filter { $0["ok"] == false }
        #expect(differing.map { $0["check"].string } == ["aborted_copied"])
        #expect(differing.map { $0["actual"].integer } == [10])
        #expect(differing.first?["facts"]["compared"].integer == 200)
        #expect(differing.first?["facts"]["first_difference"]["source_offset"].integer == 100)
        #expect(differing.first?["facts"]["first_difference"]["target_offset"].integer == 100)

        try await RawProducer.produce(RawRecord.numbered(500..<510), to: Self.topic, at: source.bootstrap)
        try await source.fixture.commit(Self.group, Self.topic, [0: 505])
        let late = try await gate(["interval=1s", "intervals=2"])
        #expect(late.exitCode == 1, "\(late.errors)")
        evidence = try late.evidence
        let failed = evidence.checks("sync_age", gate: "offset_sync_fresh", ok: false)
        #expect(failed.map { $0["subject"]["partition"].integer } == [0])
        #expect(failed.map { $0["facts"]["unsynced"].integer } == [10])
        let behind = evidence.checks("checkpoint_age", gate: "offset_sync_fresh", ok: false)
        #expect(behind.map { $0["facts"]["committed"].integer } == [505])
        // As many as need none, before Kafka 3.7.
        let allowed = try await gate(["interval=1s", "intervals=2", "offset_lag_max=10"])
        #expect(try allowed.evidence.checks("sync_age", gate: "offset_sync_fresh", ok: false).isEmpty)
    }
}

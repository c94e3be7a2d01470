import KafkaRecords
import Testing

/// The freeze and what is judged against it, from Kafka's oldest release here to its newest.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct FreezeTests {
    /// A frozen topic of its own on the source, and the evidence of its capture.
    private struct Frozen {
        let topic: String
        let folder: TemporaryFolder
        var evidence: String { folder.path("freeze.jsonl") }

        init(_ topic: String, groups: String? = nil) async throws {
            self.topic = topic
            folder = try TemporaryFolder()
            let source = try await SharedKafka.source
            let run = try await SluiceCommand.run(
                ["run", "freeze_capture", "--source", source.bootstrap, "--set", "topics=\(topic)"]
                    + (groups.map { ["--set", "groups=\($0)"] } ?? []) + ["--evidence", evidence])
            #expect(run.exitCode == 0, "\(run.errors)")
        }

        func judge(_ gate: String, set: [String] = [], target: Bool = false, options: [String] = []) async throws
            -> SluiceCommand.Result
        {
            let (one, other) = try await (SharedKafka.source, SharedKafka.target)
            return try await SluiceCommand.run(
                ["run", gate, "--source", one.bootstrap] + (target ? ["--target", other.bootstrap] : [])
                    + ["--freeze", evidence, "--set", "topics=\(topic)"] + set.flatMap { ["--set", $0] } + options)
        }
    }

    @Test("Markers are no writers; late records are counted, and named by the ids that Kafka gave their producers")
    func writes() async throws {
        let source = try await SharedKafka.source
        let topic = "freeze-writes"
        try await source.fixture.createTopic(topic, partitions: 2)
        try await source.fixture.produce(5, to: topic)
        try await source.fixture.begin("freeze-open", 2, to: topic, partition: 1)
        let frozen = try await Frozen(topic)
        try await source.fixture.finish("freeze-open", .commit)

        let quiet = try await frozen.judge("writes_frozen", set: ["quiet=1s"])
        #expect(quiet.exitCode == 0, "\(quiet.errors)")
        let marked = try #require(
            try quiet.evidence.of("check", gate: "writes_frozen").first {
                $0["check"] == "quiet" && $0["facts"]["markers"] == 1
            })
        #expect(marked["facts"]["frozen_end"] == 2 && marked["facts"]["end_offset"] == 3)

        try await source.fixture.produce(1, to: topic)
        try await source.fixture.transaction(1, to: topic, partition: 1, .abort)
        let late = try await frozen.judge("writes_frozen", set: ["quiet=1s"])
        #expect(late.exitCode == 1, "\(late.errors)")
        let failed = try late.evidence.of("check", gate: "writes_frozen").filter { $0["ok"] == false }
        #expect(failed.count == 2)
        for (check, isTransactional) in zip(failed, [false, true]) {
            let who = check["facts"]["violators"].items
            #expect(check["actual"] == 1 && who.count == 1)
            #expect((who.first?["producer_id"].integer ?? -1) >= 0)
            #expect(who.first?["producer_epoch"].integer != nil)
            #expect(who.first?["transactional"] == (isTransactional ? true : false))
            #expect(who.first?["first_offset"] == check["facts"]["frozen_end"] || isTransactional)
        }

        try await source.fixture.deleteTopic(topic)
        try await source.fixture.createTopic(topic, partitions: 2)
        let anew = try await frozen.judge("writes_frozen", set: ["quiet=1s"])
        #expect(anew.exitCode == 1, "\(anew.errors)")
        #expect(try anew.evidence.checks("intact", gate: "writes_frozen", ok: false).count == 1)
    }

    @Test("The target is drained when the last record has arrived, not before")
    func drained() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        let topic = "freeze-drained"
        let records = RawRecord.numbered(0..<200)
        for kafka in [source, target] { try await kafka.fixture.createTopic(topic, settings: ["retention.ms": "-1"]) }
        try await RawProducer.produce(records, to: topic, at: source.bootstrap, codec: .lz4)
        try await RawProducer.produce(records.dropLast(), to: topic, at: target.bootstrap, perBatch: 7)
        let frozen = try await Frozen(topic)
        let before = try await frozen.judge("replication_drained", target: true)
        #expect(before.exitCode == 1, "\(before.errors)")
        #expect(try before.evidence.checks("drained", gate: "replication_drained", ok: false).count == 1)
        try await RawProducer.produce([records[199]], to: topic, at: target.bootstrap)
        // What comes after the freeze is not waited for.
        try await source.fixture.produce(3, to: topic)
        let after = try await frozen.judge("replication_drained", target: true)
        #expect(after.exitCode == 0, "\(after.errors)")
        let check = try #require(try after.evidence.checks("drained", gate: "replication_drained").first)
        #expect(check["facts"]["source_offset"] == 199 && check["facts"]["target_offset"] == 199)
    }

    @Test("Of a batch that was loaded twice the second load has to arrive, not the first")
    func loadedTwice() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        let topic = "freeze-twice"
        let records = RawRecord.numbered(0..<200)
        for kafka in [source, target] { try await kafka.fixture.createTopic(topic, settings: ["retention.ms": "-1"]) }
        for _ in 0..<2 { try await RawProducer.produce(records, to: topic, at: source.bootstrap, codec: .lz4) }
        let frozen = try await Frozen(topic)
        try await RawProducer.produce(records, to: topic, at: target.bootstrap, perBatch: 7)
        let first = try await frozen.judge("replication_drained", target: true)
        #expect(first.exitCode == 1, "\(first.errors)")
        try await RawProducer.produce(records, to: topic, at: target.bootstrap, perBatch: 7)
        let second = try await frozen.judge("replication_drained", target: true)
        #expect(second.exitCode == 0, "\(second.errors)")
    }

    @Test("The window of the way back is no longer than retention says, and closed once the position is gone")
    func window() async throws {
        let source = try await SharedKafka.source
        let topic = "freeze-window"
        try await source.fixture.createTopic(topic, settings: ["retention.ms": "86400000"])
        try await source.fixture.produce(10, to: topic)
        try await source.fixture.commit("freeze-window", topic, [0: 4])
        let frozen = try await Frozen(topic, groups: "freeze-window")
        let open = try await frozen.judge("rollback_window", set: ["min_left=20h"])
        #expect(open.exitCode == 0, "\(open.errors)")
        let left = try #require(
            try open.evidence.of("check", gate: "rollback_window").first { $0["facts"]["basis"] == "records" })
        #expect(left["facts"]["position"] == 4 && left["facts"]["retention_ms"] == 86_400_000)
        #expect((left["actual"].integer ?? .max) <= 86_400_000)
        let short = try await frozen.judge("rollback_window", set: ["min_left=25h"])
        #expect(short.exitCode == 1, "\(short.errors)")
        try await source.fixture.deleteRecords(before: 5, from: topic)
        let closed = try await frozen.judge("rollback_window", set: ["min_left=1s"])
        #expect(closed.exitCode == 1, "\(closed.errors)")
        #expect(
            try closed.evidence.checks("time_left", gate: "rollback_window", ok: false).contains { $0["actual"] == 0 })
    }

    @Test("A group resumes within the log, and not beyond it or below")
    func resume() async throws {
        let target = try await SharedKafka.target
        let topic = "freeze-resume"
        try await target.fixture.createTopic(topic, partitions: 2)
        try await target.fixture.produce(10, to: topic)
        try await target.fixture.transaction(2, to: topic, partition: 1, .commit)
        func probe() async throws -> SluiceCommand.Result {
            try await SluiceCommand.run(
                ["run", "resume_probe", "--target", target.bootstrap, "--set", "groups=freeze-resume"])
        }
        try await target.fixture.commit("freeze-resume", topic, [0: 4, 1: 3])
        let within = try await probe()
        #expect(within.exitCode == 0, "\(within.errors)")
        try await target.fixture.commit("freeze-resume", topic, [0: 4], leaderEpoch: 0)
        let own = try await probe()
        #expect(own.exitCode == 0, "\(own.errors)")
        // As a copy of the source's commit has it.
        try await target.fixture.commit("freeze-resume", topic, [0: 4], leaderEpoch: 30)
        let copied = try await probe()
        #expect(copied.exitCode == 1, "\(copied.errors)")
        let failed = try copied.evidence.checks("leader_epoch", gate: "resume_probe", ok: false)
        #expect(failed.map { $0["facts"]["epoch"] } == [30] && failed.first?["facts"]["target_epoch"] == 0)
        try await target.fixture.commit("freeze-resume", topic, [0: 4])
        try await target.fixture.deleteRecords(before: 5, from: topic)
        let below = try await probe()
        #expect(below.exitCode == 1, "\(below.errors)")
        #expect(try below.evidence.checks("in_range", gate: "resume_probe", ok: false).count == 1)
        try await target.fixture.commit("freeze-resume", topic, [0: 11])
        let beyond = try await probe()
        #expect(beyond.exitCode == 1, "\(beyond.errors)")
    }

    @Test("A runbook requires the capture, its cluster, its freeze and its age before it goes on")
    func require() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        let topic = "freeze-require"
        try await source.fixture.createTopic(topic)
        try await source.fixture.produce(1, to: topic)
        let frozen = try await Frozen(topic)
        let judged = frozen.folder.path("judged.jsonl")
        let run = try await frozen.judge("writes_frozen", set: ["quiet=1s"], options: ["--evidence", judged])
        #expect(run.exitCode == 0, "\(run.errors)")
        func require(_ file: String, _ options: String...) async throws -> SluiceCommand.Result {
            try await SluiceCommand.run(["require", file] + options)
        }
        let met = try await require(
            judged, "--gate", "writes_frozen=pass", "--freeze", frozen.evidence, "--source-id", source.clusterID,
            "--max-age", "10m")
        #expect(met.exitCode == 0, "\(met.output)")
        #expect(met.output.last?.hasPrefix("sluice MET ") == true && met.output.allSatisfy { !$0.hasPrefix("unmet") })
        let other = try await require(judged, "--source-id", target.clusterID, "--gate", "replication_drained=pass")
        #expect(other.exitCode == 1)
        #expect(other.output.filter { $0.hasPrefix("unmet ") }.count == 2)
        // The same freeze by its id; another file's is another.
        try await source.fixture.produce(1, to: topic)
        let second = try await Frozen(topic)
        #expect(try await require(judged, "--freeze", second.evidence).exitCode == 1)
        #expect(try await require(frozen.evidence, "--freeze", frozen.evidence).exitCode == 0)
        // The freeze of one cluster judges no other.
        let wrong = try await SluiceCommand.run(
            ["run", "writes_frozen", "--source", target.bootstrap, "--freeze", frozen.evidence, "--set", "topics=*"])
        #expect(wrong.exitCode == 1, "\(wrong.errors)")
    }
}

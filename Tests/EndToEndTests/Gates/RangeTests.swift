import KafkaRecords
import Testing

/// One partition, scanned by several shards.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct RangeTests {
    private static let count = 40_000

    /// A topic of one partition on both clusters, and its freeze.
    private static func topic(
        _ name: String, in folder: TemporaryFolder, _ change: (inout [RawRecord]) -> Void = { _ in }
    ) async throws -> String {
        let (one, other) = try await (SharedKafka.source, SharedKafka.target)
        for cluster in [one, other] {
            try await cluster.fixture.createTopic(name, partitions: 1, settings: ["retention.ms": "-1"])
        }
        let records = RawRecord.numbered(0..<count)
        var copy = records
        change(&copy)
        try await RawProducer.produce(
            records, to: name, partition: 0, at: one.bootstrap, perBatch: 100, codec: .lz4)
        try await RawProducer.produce(copy, to: name, partition: 0, at: other.bootstrap, perBatch: 37, codec: .zstd)
        let file = folder.path("\(name)-freeze.jsonl")
        let capture = try await SluiceCommand.gates(
            ["freeze_capture"], source: one.bootstrap, target: other.bootstrap, set: ["topics=\(name)"],
            ["--evidence", file])
        #expect(capture.exitCode == 0, "\(capture.errors)")
        return file
    }

    private static func run(
        _ gate: String, _ topic: String, _ set: [String], _ options: [String]
    ) async throws -> SluiceCommand.Result {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        return try await SluiceCommand.gates(
            [gate], source: source.bootstrap, target: target.bootstrap, set: ["topics=\(topic)"] + set, options)
    }

    /// Runs four shards and merges what they wrote, into a file as well.
    private static func sharded(
        _ gate: String, _ topic: String, in folder: TemporaryFolder, _ options: [String]
    ) async throws -> SluiceCommand.Result {
        var files: [String] = []
        for index in 0..<4 {
            let file = folder.path("\(topic)-\(gate)-\(index).jsonl")
            let shard = try await run(
                gate, topic, ["range=5000"], options + ["--shard", "\(index)/4", "--evidence", file])
            #expect(shard.exitCode == 1 || shard.exitCode == 2, "\(shard.errors)")
            files.append(file)
        }
        let kept = try await SluiceCommand.run(
            ["merge"] + files + ["--evidence", folder.path("\(topic)-\(gate).jsonl")])
        let merged = try await SluiceCommand.run(["merge"] + files.reversed())
        #expect(kept.exitCode == merged.exitCode)
        return merged
    }

    /// The windows of the one partition, range by range.
    private static func windows(_ evidence: EvidenceLines) -> [String] {
        let notes = evidence.of("note", gate: "topic_digest").filter { $0["name"] == "windows" }.map { $0["facts"] }
        return notes.sorted { ($0["range"].integer ?? 0) < ($1["range"].integer ?? 0) }.flatMap { note in
            note["windows"].items.map {
                "\($0["offset"].integer ?? -1) \($0["records"].integer ?? -1) \($0["digest"].string ?? "")"
            }
        }
    }

    /// What the checks of a partition, or of its ranges together, counted of each kind, and how much was compared.
    private static func counts(_ evidence: EvidenceLines) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for kind in ["missing", "extra", "reordered", "altered", "duplicated"] {
            let checks = evidence.checks(kind, gate: "record_parity")
            counts[kind] = checks.reduce(0) { $0 + ($1["actual"].integer ?? 1_000_000) }
            counts["compared by \(kind)"] = checks.reduce(0) { $0 + ($1["facts"]["compared"].integer ?? 0) }
        }
        return counts
    }

    @Test("Four shards compare one partition between them as one run does")
    func parity() async throws {
        let folder = try TemporaryFolder()
        // The first changes nothing; the others are at the bounds of ranges.
        let changes: [(exit: Int32, change: @Sendable (inout [RawRecord]) -> Void)] = [
            (0, { _ in }),
            (
                1,
                {
                    $0[30_000].value?[0] ^= 1
                    $0.remove(at: 20_000)
                    $0.insert($0[9_999], at: 10_000)
                }
            ),
        ]
        for (number, one) in changes.enumerated() {
            let name = "range-parity-\(number)"
            let freeze = try await Self.topic(name, in: folder, one.change)
            let whole = try await Self.run("record_parity", name, [], [])
            #expect(whole.exitCode == one.exit, "\(whole.errors)")
            let merged = try await Self.sharded("record_parity", name, in: folder, ["--freeze", freeze])
            #expect(merged.exitCode == one.exit, "\(merged.errors)")
            #expect(try merged.evidence.of("range", gate: "record_parity").count == 4)
            #expect(Self.counts(try merged.evidence) == Self.counts(try whole.evidence))
        }
    }

    @Test("Four shards digest one partition between them as one run does, and the digest serves to compare")
    func digest() async throws {
        let folder = try TemporaryFolder()
        let freeze = try await Self.topic("range-digest", in: folder)
        let whole = try await Self.run("topic_digest", "range-digest", [], [])
        #expect(whole.exitCode == 0, "\(whole.errors)")
        let merged = try await Self.sharded("topic_digest", "range-digest", in: folder, ["--freeze", freeze])
        #expect(merged.exitCode == 0, "\(merged.errors)")
        let evidence = try merged.evidence
        #expect(evidence.of("range", gate: "topic_digest").count == 4)
        #expect(Self.windows(evidence) == Self.windows(try whole.evidence))
        #expect(Self.windows(evidence).count > 4)

        let target = folder.path("target.jsonl")
        let other = try await Self.run(
            "topic_digest", "range-digest", ["cluster=target"], ["--evidence", target])
        #expect(other.exitCode == 0, "\(other.errors)")
        let prior = ["--prior", folder.path("range-digest-topic_digest.jsonl"), "--prior", target, "--freeze", freeze]
        let compared = try await Self.run("record_parity", "range-digest", [], prior)
        #expect(compared.exitCode == 0, "\(compared.errors)")
        let facts = try #require(try compared.evidence.checks("missing", gate: "record_parity").first)["facts"]
        #expect(facts["method"] == "windows" && facts["compared"].integer == Int64(Self.count))

        // Three of the four hold no digest of the partition.
        let some = folder.path("some.jsonl")
        let files = (0..<3).map { folder.path("range-digest-topic_digest-\($0).jsonl") }
        #expect(try await SluiceCommand.run(["merge"] + files + ["--evidence", some]).exitCode == 2)
        let parts = try await Self.run(
            "record_parity", "range-digest", [], ["--prior", some, "--prior", target, "--freeze", freeze])
        #expect(parts.exitCode == 2, "\(parts.errors)")
        #expect(parts.output.contains { $0.contains("the evidence does not have all windows") })
    }
}

import KafkaRecords
import Testing

/// Scans shared out over runs, and their evidence joined.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct ShardTests {
    private static let count = 600

    /// A topic of seven partitions on both clusters, of which the copy of one is changed.
    private static func topic(_ name: String, _ change: (inout [RawRecord]) -> Void = { _ in }) async throws {
        let (one, other) = try await (SharedKafka.source, SharedKafka.target)
        for cluster in [one, other] {
            try await cluster.fixture.createTopic(name, partitions: 7, settings: ["retention.ms": "-1"])
        }
        for partition in Int32(1)..<7 {
            // Sizes differ, and the first partition stays empty.
            let records = RawRecord.numbered(0..<(count * Int(partition)))
            var copy = records
            if partition == 5 { change(&copy) }
            try await RawProducer.produce(
                records, to: name, partition: partition, at: one.bootstrap, perBatch: 100, codec: .lz4)
            try await RawProducer.produce(
                copy, to: name, partition: partition, at: other.bootstrap, perBatch: 37, codec: .zstd)
        }
    }

    private func run(_ gates: [String], _ topic: String, _ options: [String]) async throws -> SluiceCommand.Result {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        return try await SluiceCommand.gates(
            gates, source: source.bootstrap, target: target.bootstrap, set: ["topics=\(topic)"], options)
    }

    /// Runs all shards and merges what they wrote.
    private func sharded(
        _ gates: [String], _ topic: String, in folder: TemporaryFolder, _ options: [String] = []
    ) async throws -> (shards: [SluiceCommand.Result], merged: SluiceCommand.Result) {
        var shards: [SluiceCommand.Result] = []
        var files: [String] = []
        for index in 0..<3 {
            let file = folder.path("\(topic)-\(index).jsonl")
            shards.append(try await run(gates, topic, options + ["--shard", "\(index)/3", "--evidence", file]))
            files.append(file)
        }
        return (shards, try await SluiceCommand.run(["merge"] + files.reversed()))
    }

    /// What each partition's check measured.
    private func checks(_ name: String, _ gate: String, _ evidence: EvidenceLines) -> [Int64: JSON] {
        var found: [Int64: JSON] = [:]
        for one in evidence.measured(name, gate: gate) { found[one.subject["partition"].integer ?? -1] = one.actual }
        return found
    }

    @Test("Three shards of a clean topic come to what the whole run comes to, and can be required")
    func clean() async throws {
        let folder = try TemporaryFolder()
        try await Self.topic("shard-clean")
        let gates = ["record_parity", "topic_digest", "partition_parity"]
        let whole = try await run(gates, "shard-clean", [])
        #expect(whole.exitCode == 0, "\(whole.errors)")
        let (shards, merged) = try await sharded(gates, "shard-clean", in: folder)
        #expect(shards.map(\.exitCode) == [2, 2, 2])
        #expect(merged.exitCode == 0, "\(merged.errors)")
        let (one, other) = (try whole.evidence, try merged.evidence)
        for kind in ["missing", "extra", "reordered", "altered", "duplicated"] {
            let expected = checks(kind, "record_parity", one)
            #expect(expected.count == 7)
            #expect(checks(kind, "record_parity", other) == expected)
        }
        // Each partition has the same digest, whichever shard read it.
        func digests(_ evidence: EvidenceLines) -> Set<String> {
            Set(
                evidence.of("note", gate: "topic_digest").filter { $0["name"] == "windows" }.map {
                    let windows = $0["facts"]["windows"].items.compactMap { $0["digest"].string }
                    return "\($0["facts"]["partition"].integer ?? -1) " + windows.joined(separator: " ")
                })
        }
        #expect(digests(one).count == 6)
        #expect(digests(one) == digests(other))

        let file = folder.path("merged.jsonl")
        let again = try await SluiceCommand.run(
            ["merge"] + (0..<3).map { folder.path("shard-clean-\($0).jsonl") } + ["--evidence", file])
        #expect(again.output.count == 1 && again.output[0].hasPrefix("sluice PASS run="), "\(again.output)")
        #expect(try await SluiceCommand.run(["verify", file]).exitCode == 0)
        let required = try await SluiceCommand.run(["require", file, "--gate", "record_parity=pass", "--max-age", "1h"])
        #expect(required.exitCode == 0, "\(required.output)")
        let part = try await SluiceCommand.run(
            ["require", folder.path("shard-clean-0.jsonl"), "--verdict", "inconclusive"])
        #expect(part.exitCode == 1)
        #expect(part.output.contains("unmet shard required=none found=0/3"), "\(part.output)")
        let prior = try await run(["record_parity"], "shard-clean", ["--prior", folder.path("shard-clean-0.jsonl")])
        #expect(prior.exitCode == 65, "\(prior.errors)")

        let two = try await SluiceCommand.run(["merge"] + (0..<2).map { folder.path("shard-clean-\($0).jsonl") })
        #expect(two.exitCode == 2)
        #expect(two.errors.first == "sluice: missing of 3 shards: 2")
    }

    @Test("One record that differs fails the shard that read it, and the merged run as it fails the whole one")
    func differing() async throws {
        let folder = try TemporaryFolder()
        try await Self.topic("shard-differs") { $0[123].value?[0] ^= 1 }
        let whole = try await run(["record_parity"], "shard-differs", [])
        #expect(whole.exitCode == 1)
        let (shards, merged) = try await sharded(["record_parity"], "shard-differs", in: folder)
        #expect(shards.compactMap(\.exitCode).sorted() == [1, 2, 2])
        #expect(merged.exitCode == 1, "\(merged.errors)")
        let expected = try #require(try whole.evidence.checks("altered", gate: "record_parity", ok: false).first)
        let found = try merged.evidence.checks("altered", gate: "record_parity", ok: false)
        #expect(found.count == 1)
        #expect(found.first?["subject"] == expected["subject"])
        #expect(found.first?["facts"]["first_difference"] == expected["facts"]["first_difference"])
        #expect(try merged.evidence.reason("record_parity")["code"] == "check_failed")
    }

    @Test("A freeze gives the sizes by which partitions are spread")
    func freeze() async throws {
        let folder = try TemporaryFolder()
        try await Self.topic("shard-freeze")
        let file = folder.path("freeze.jsonl")
        let capture = try await run(["freeze_capture"], "shard-freeze", ["--evidence", file])
        #expect(capture.exitCode == 0, "\(capture.errors)")
        let (_, merged) = try await sharded(["record_parity"], "shard-freeze", in: folder, ["--freeze", file])
        #expect(merged.exitCode == 0, "\(merged.errors)")
        // Of 600 × (0 + 1 + … + 6) records each shard has read a third: 6+1, 5+2 and 4+3 partitions' worth, 0 to one of them.
        let units = try merged.evidence.of("units", gate: "record_parity")
        #expect(Set(units.compactMap { $0["partitions"].string }).isSuperset(of: ["2,5", "3-4"]))
        let other = folder.path("shard-other-0.jsonl")
        _ = try await run(["record_parity"], "shard-freeze", ["--shard", "0/3", "--evidence", other])
        let foreign = try await SluiceCommand.run(
            ["merge", other] + (1..<3).map { folder.path("shard-freeze-\($0).jsonl") })
        #expect(foreign.exitCode == 2)
        #expect(foreign.errors.first?.hasSuffix("had another --freeze than the others") == true, "\(foreign.errors)")
    }
}

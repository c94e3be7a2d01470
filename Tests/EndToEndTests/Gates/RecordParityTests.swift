import Foundation
import KafkaRecords
import Testing

/// `record_parity` and `topic_digest` between the two releases.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct RecordParityTests {
    /// Of each log; `SLUICE_TEST_RECORDS` makes it a million.
    private static let count = ProcessInfo.processInfo.environment["SLUICE_TEST_RECORDS"].flatMap(Int.init) ?? 20_000

    /// An offset that far into a log.
    private static func at(_ part: Double) -> Int { Int(part * Double(count)) }

    /// A topic of both clusters: the source's in lz4 batches of 500, the target's as given.
    private static func topics(
        _ name: String, source: [RawRecord] = RawRecord.numbered(0..<count), target: [RawRecord], perBatch: Int = 137,
        codec: CompressionCodec = .zstd, settings: [String: String] = [:]
    ) async throws {
        let (one, other) = try await (SharedKafka.source, SharedKafka.target)
        // The records are years old: retention would take them at once.
        let kept = ["retention.ms": "-1", "cleanup.policy": settings["cleanup.policy"] ?? "delete"]
        try await one.fixture.createTopic(name, settings: kept)
        try await other.fixture.createTopic(name, settings: kept.merging(settings) { $1 })
        try await RawProducer.produce(source, to: name, at: one.bootstrap, codec: .lz4)
        try await RawProducer.produce(target, to: name, at: other.bootstrap, perBatch: perBatch, codec: codec)
    }

    private func parity(_ topic: String, set: [String] = []) async throws -> SluiceCommand.Result {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        return try await SluiceCommand.gates(
            ["record_parity"], source: source.bootstrap, target: target.bootstrap, set: ["topics=\(topic)"] + set)
    }

    private static let kinds = ["missing", "extra", "reordered", "altered", "duplicated"]

    @Test("A copy in other batches and another codec passes, record by record", arguments: [1, 137, 5000])
    func rebatched(perBatch: Int) async throws {
        let name = "rec-rebatched-\(perBatch)"
        let records = RawRecord.numbered(0..<(perBatch == 1 ? 300 : Self.count))
        try await Self.topics(name, source: records, target: records, perBatch: perBatch)
        let run = try await parity(name)
        #expect(run.exitCode == 0, "\(run.errors)")
        for kind in Self.kinds {
            let check = try #require(try run.evidence.checks(kind, gate: "record_parity").first)
            #expect(check["actual"] == 0)
            #expect(check["facts"]["method"] == "records")
            #expect(check["facts"]["compared"].integer == Int64(records.count))
            #expect(check["facts"]["coverage"]["source_not_compared"] == 0)
        }
    }

    @Test("A copy byte for byte passes by its batches alone")
    func byteCopy() async throws {
        let records = RawRecord.numbered(0..<Self.count)
        try await Self.topics("rec-bytes", target: records, perBatch: 500, codec: .lz4)
        let run = try await parity("rec-bytes")
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("missing", gate: "record_parity").first)
        #expect(check["facts"]["method"] == "batches")
        #expect(check["facts"]["compared"].integer == Int64(Self.count))
        let notes = try run.evidence.of("note", gate: "record_parity").filter { $0["name"] == "chunks" }
        let chunks = notes.flatMap { $0["facts"]["chunks"].items }
        // One after the other, they are all there is.
        #expect(chunks.reduce(0) { $0 + ($1["batches"].integer ?? 0) } == Int64(Self.count / 500))
        let lasts = chunks.compactMap { $0["last_offset"].integer }
        #expect(chunks.compactMap { $0["offset"].integer } == [0] + lasts.dropLast().map { $0 + 1 })
        #expect(lasts.last == Int64(Self.count - 1))
        #expect(chunks.allSatisfy { $0["source"] == $0["target"] && $0["source"].string?.count == 64 })
    }

    /// One change of the copy, what it is found as, and where.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: String
        let parts: [String]
        let source: Int?
        let target: Int?
        let apply: @Sendable (inout [RawRecord]) -> Void

        init(
            _ name: String, _ kind: String, _ parts: [String] = [], source: Int?, target: Int?,
            _ apply: @escaping @Sendable (inout [RawRecord]) -> Void
        ) {
            testDescription = name
            (self.kind, self.parts, self.source, self.target) = (kind, parts, source, target)
            self.apply = apply
        }
    }

    static let changes = [
        Change("key", "altered", ["key"], source: at(0.617), target: at(0.617)) { $0[at(0.617)].key?[1] ^= 1 },
        Change("value", "altered", ["value"], source: 0, target: 0) { $0[0].value?[3] ^= 0x20 },
        Change("header", "altered", ["headers"], source: count - 5, target: count - 5) {
            $0[count - 5].headers[0].value?[0] ^= 1
        },
        Change("timestamp", "altered", ["timestamp"], source: 777, target: 777) { $0[777].timestamp += 1 },
        Change("missing", "missing", source: count - 1, target: nil) { $0.removeLast() },
        Change("missing in the middle", "missing", source: at(0.25), target: nil) { $0.remove(at: at(0.25)) },
        Change("extra", "extra", source: nil, target: at(0.4)) {
            $0.insert(RawRecord(timestamp: 1, key: nil, value: Array("foreign".utf8)), at: at(0.4))
        },
        Change("duplicated", "duplicated", source: at(0.45), target: at(0.45) + 40) {
            $0.insert($0[at(0.45)], at: at(0.45) + 40)
        },
        Change("duplicated far away", "duplicated", source: at(0.45), target: at(0.75)) {
            $0.insert($0[at(0.45)], at: at(0.75))
        },
        Change("duplicated before itself", "duplicated", source: at(0.75), target: at(0.45)) {
            $0.insert($0[at(0.75)], at: at(0.45))
        },
        Change("swapped", "reordered", source: at(0.15), target: at(0.15) + 1) {
            $0.swapAt(at(0.15), at(0.15) + 1)
        },
    ]

    /// What each changed copy is compared with.
    private static let changed = Task {
        let source = try await SharedKafka.source
        try await source.fixture.createTopic("rec-one", settings: ["retention.ms": "-1"])
        try await RawProducer.produce(
            RawRecord.numbered(0..<count), to: "rec-one", at: source.bootstrap, codec: .lz4)
        return source
    }

    @Test("One change among many records is found as what it is, at both offsets", arguments: changes)
    func change(_ change: Change) async throws {
        let source = try await Self.changed.value
        let target = try await SharedKafka.target
        let suffix = change.testDescription.replacing(" ", with: "-")
        var copy = RawRecord.numbered(0..<Self.count)
        change.apply(&copy)
        try await target.fixture.createTopic("rec-one.\(suffix)", settings: ["retention.ms": "-1"])
        try await RawProducer.produce(
            copy, to: "rec-one.\(suffix)", at: target.bootstrap, perBatch: 137, codec: .zstd)
        let run = try await SluiceCommand.gates(
            ["record_parity"], source: source.bootstrap, target: target.bootstrap, set: ["topics=rec-one"],
            ["--map-topics", "{topic}.\(suffix)"], deadline: .seconds(300))
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        let failed = evidence.of("check", gate: "record_parity").filter { $0["ok"] == false }
        #expect(failed.map { $0["check"].string } == [change.kind])
        let check = try #require(failed.first)
        #expect(check["actual"] == 1)
        let first = check["facts"]["first_difference"]
        #expect(first["parts"].items.compactMap(\.string) == change.parts)
        var found = (source: first["source_offset"].integer, target: first["target_offset"].integer)
        if change.kind == "reordered", let source = found.source, let target = found.target, source > target {
            // Either of the two may be said to have moved.
            found = (target, source)
        }
        #expect(found.source == change.source.map(Int64.init))
        // A record that is there twice in a row may be either of the two.
        if let target = change.target, let place = found.target, change.kind == "duplicated" {
            #expect([Int64(target), change.source.map(Int64.init)].contains(place))
        } else {
            #expect(found.target == change.target.map(Int64.init))
        }
    }

    @Test("A byte that differs in a copy byte for byte is found, after all, record by record")
    func byteCopyAltered() async throws {
        var copy = RawRecord.numbered(0..<Self.count)
        copy[Self.at(0.5)].value?[0] ^= 1
        try await Self.topics("rec-bytes-altered", target: copy, perBatch: 500, codec: .lz4)
        let run = try await parity("rec-bytes-altered")
        #expect(run.exitCode == 1)
        let check = try #require(try run.evidence.checks("altered", gate: "record_parity", ok: false).first)
        #expect(check["facts"]["method"] == "records")
        #expect(check["facts"]["first_difference"]["source_offset"].integer == Int64(Self.at(0.5)))
    }

    @Test("Records that retention took from the target's start are not compared, and said not to be")
    func retention() async throws {
        let records = RawRecord.numbered(0..<Self.count)
        try await Self.topics("rec-retention", target: records)
        try await SharedKafka.target.fixture.deleteRecords(before: 7_321, from: "rec-retention")
        let run = try await parity("rec-retention")
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("missing", gate: "record_parity").first)
        #expect(check["facts"]["compared"].integer == Int64(Self.count) - 7_321)
        #expect(check["facts"]["coverage"]["source_not_compared"] == 7_321)
        #expect(check["facts"]["coverage"]["target_start"] == 7_321)
    }

    @Test("A target that sets timestamps of its own is compared without them, and that is said")
    func logAppendTime() async throws {
        let records = RawRecord.numbered(0..<2000)
        try await Self.topics(
            "rec-append-time", source: records, target: records,
            settings: ["message.timestamp.type": "LogAppendTime"])
        let run = try await parity("rec-append-time")
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("altered", gate: "record_parity").first)
        #expect(check["facts"]["timestamps"] == false)
        #expect(check["facts"]["timestamps_reason"].string?.contains("LogAppendTime") == true)
    }

    @Test("Aborted records and markers on one side alone make no difference")
    func transactions() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        let name = "rec-transactions"
        try await source.fixture.createTopic(name, settings: ["retention.ms": "-1"])
        try await target.fixture.createTopic(name, settings: ["retention.ms": "-1"])
        try await RawProducer.produce(RawRecord.numbered(0..<100), to: name, at: source.bootstrap)
        try await source.fixture.transaction(10, to: name, .abort)
        try await RawProducer.produce(RawRecord.numbered(100..<200), to: name, at: source.bootstrap)
        try await RawProducer.produce(RawRecord.numbered(0..<200), to: name, at: target.bootstrap, perBatch: 7)
        let run = try await parity(name)
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("missing", gate: "record_parity").first)
        #expect(check["facts"]["compared"] == 200)
    }

    @Test("A header that a replicator added counts unless it is named")
    func ignoredHeaders() async throws {
        let records = RawRecord.numbered(0..<500)
        let copy = records.map { record in
            var record = record
            record.headers.append(.init(key: Array("__mskmr".utf8), value: [1]))
            return record
        }
        try await Self.topics("rec-headers", source: records, target: copy)
        let without = try await parity("rec-headers")
        #expect(without.exitCode == 1)
        let altered = try #require(try without.evidence.checks("altered", gate: "record_parity", ok: false).first)
        #expect(altered["actual"] == 500)
        let with = try await parity("rec-headers", set: ["ignore_headers=__mskmr"])
        #expect(with.exitCode == 0, "\(with.errors)")
    }

    @Test("Duplicates within the budget pass, and are counted")
    func duplicates() async throws {
        let records = RawRecord.numbered(0..<Self.count)
        // As a replicator does that starts over.
        try await Self.topics(
            "rec-duplicates", target: records[..<Self.at(0.6)] + Array(records[(Self.at(0.6) - 300)...]))
        let run = try await parity("rec-duplicates")
        #expect(run.exitCode == 1)
        let failed = try run.evidence.of("check", gate: "record_parity").filter { $0["ok"] == false }
        #expect(failed.map { $0["check"] } == ["duplicated"])
        #expect(failed.map { $0["actual"] } == [300])
        let within = try await parity("rec-duplicates", set: ["max_duplicates=300"])
        #expect(within.exitCode == 0, "\(within.errors)")
    }

    @Test("A compacted topic is compared by the latest record of each key")
    func compacted() async throws {
        let records = RawRecord.numbered(0..<2000)
        // What a cleaner leaves: of each key the last record, here with some older ones.
        var last: [[UInt8]?: Int] = [:]
        for (index, record) in records.enumerated() { last[record.key] = index }
        let kept = records.indices.filter { last[records[$0].key] == $0 || $0 % 11 == 0 }.map { records[$0] }
        let settings = ["cleanup.policy": "compact"]
        try await Self.topics("rec-compacted", source: records, target: kept, settings: settings)
        let run = try await parity("rec-compacted")
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("missing", gate: "record_parity").first)
        #expect(check["facts"]["method"] == "latest")
        #expect(check["facts"]["compared"] == 97)

        var altered = kept
        altered[altered.count - 3].value?[0] ^= 1
        altered.remove(at: altered.count - 10)
        try await Self.topics("rec-compacted-bad", source: records, target: altered, settings: settings)
        let bad = try await parity("rec-compacted-bad")
        #expect(bad.exitCode == 1)
        let evidence = try bad.evidence
        // The key that lost its last record has an older one, or none: altered or missing.
        let found = ["missing", "altered"].compactMap { kind in
            evidence.checks(kind, gate: "record_parity").first?["actual"].integer
        }
        #expect(found.reduce(0, +) == 2)
    }

    @Test("A sample finds what it is drawn from, draws the same again, and tells a record that is altered or missing")
    func sample() async throws {
        let records = RawRecord.numbered(0..<Self.count)
        try await Self.topics("rec-sample", target: records)
        let clean = try await parity("rec-sample", set: ["mode=sample", "samples=40", "seed=7"])
        #expect(clean.exitCode == 0, "\(clean.errors)")
        let check = try #require(try clean.evidence.checks("missing", gate: "record_parity").first)
        #expect(check["facts"]["method"] == "sample")
        #expect(check["facts"]["compared"] == 40)
        #expect(check["facts"]["sample"]["bound"] == .number(0.075))
        // The last record is in every sample, and the first.
        var copy = records
        copy[0].value?[0] ^= 1
        copy.remove(at: Self.count - 9)
        try await Self.topics("rec-sample-bad", target: copy)
        let bad = try await parity("rec-sample-bad", set: ["mode=sample", "samples=40"])
        #expect(bad.exitCode == 1)
        let evidence = try bad.evidence
        let altered = try #require(evidence.checks("altered", gate: "record_parity", ok: false).first)
        #expect(altered["facts"]["first_difference"]["source_offset"] == 0)
        #expect(altered["facts"]["first_difference"]["parts"] == .array(["value"]))
        #expect(evidence.checks("missing", gate: "record_parity", ok: false).first?["actual"] == 1)
    }

    @Test("A sample is drawn around the commits of groups too, so that what is wrong there is found")
    func sampleAroundCommits() async throws {
        var copy = RawRecord.numbered(0..<Self.count)
        copy[12_345].value?[0] ^= 1
        try await Self.topics("rec-sample-commit", target: copy)
        let source = try await SharedKafka.source
        try await source.fixture.commit("rec-sample-at", "rec-sample-commit", [0: 12_345])
        try await source.fixture.commit("rec-sample-off", "rec-sample-commit", [0: 4_000])
        for (group, exitCode): (String, Int32) in [("rec-sample-at", 1), ("rec-sample-off", 0)] {
            let run = try await parity("rec-sample-commit", set: ["mode=sample", "samples=16", "groups=\(group)"])
            #expect(run.exitCode == exitCode, "\(run.errors)")
            let altered = try #require(try run.evidence.checks("altered", gate: "record_parity").first)
            #expect(altered["actual"].integer == Int64(exitCode))
            #expect(altered["facts"]["sample"]["around"] == 1)
        }
    }

    @Test("The same records have the same digest on both clusters, and one byte makes another")
    func digest() async throws {
        var records = RawRecord.numbered(0..<Self.count)
        try await Self.topics("rec-digest", target: records)
        records[100].value?[0] ^= 1
        try await Self.topics("rec-digest-other", target: records)
        var digests: [String] = []
        var windows: [JSON] = []
        for (topic, side): (String, SharedCluster) in [
            ("rec-digest", .source), ("rec-digest", .target), ("rec-digest-other", .target),
        ] {
            let run = try await SluiceCommand.gate("topic_digest", on: side, set: ["topics=\(topic)"])
            #expect(run.exitCode == 0, "\(run.errors)")
            let evidence = try run.evidence
            let check = try #require(evidence.checks("captured", gate: "topic_digest", ok: true).first)
            #expect(check["facts"]["records"].integer == Int64(Self.count))
            digests.append(check["facts"]["digest"].string ?? "")
            let notes = evidence.of("note", gate: "topic_digest").flatMap { $0["facts"]["windows"].items }
            #expect(notes.map { $0["records"].integer ?? 0 }.reduce(0, +) == Int64(Self.count))
            windows.append(.array(notes.map { $0["digest"] }))
        }
        #expect(digests[0].count == 32)
        #expect(digests[0] == digests[1])
        #expect(digests[0] != digests[2])
        #expect(windows[0] == windows[1])
        // Only the window with that byte differs.
        #expect(zip(windows[0].items, windows[2].items).filter { $0 != $1 }.count == 1)
    }

    @Test("What two runs digested, each beside its cluster, is compared without reading either again")
    func priorDigests() async throws {
        let folder = try TemporaryFolder()
        var records = RawRecord.numbered(0..<Self.count)
        try await Self.topics("rec-prior", target: records)
        // Not in the last window, which may be the beginning of a longer one.
        records[100].value?[0] ^= 1
        try await Self.topics("rec-prior-other", target: records)
        let (source, target) = try await (SharedKafka.source.bootstrap, SharedKafka.target.bootstrap)
        func digest(
            _ topic: String, _ side: String, _ bootstrap: String, as name: String? = nil
        ) async throws -> String {
            let file = folder.path("\(name ?? "\(topic)-\(side)").jsonl")
            let run = try await SluiceCommand.run([
                "run", "topic_digest", "--\(side)", bootstrap, "--set", "topics=\(topic)", "--set", "cluster=\(side)",
                "--evidence", file,
            ])
            #expect(run.exitCode == 0, "\(run.errors)")
            return file
        }
        for (topic, exitCode): (String, Int32) in [("rec-prior", 0), ("rec-prior-other", 1)] {
            let files = try await (digest(topic, "source", source), digest(topic, "target", target))
            let run = try await SluiceCommand.run([
                "run", "record_parity", "--set", "topics=\(topic)", "--prior", files.0, "--prior", files.1,
                "--evidence", "-",
            ])
            #expect(run.exitCode == exitCode, "\(run.errors)")
            let evidence = try run.evidence
            #expect(evidence.of("cluster").isEmpty, "no cluster is contacted")
            if exitCode == 0 {
                let missing = try #require(evidence.checks("missing", gate: "record_parity", ok: true).first)
                #expect(missing["facts"]["compared"].integer == Int64(Self.count))
                #expect(missing["facts"]["method"] == "windows")
            } else {
                let failed = evidence.of("check", gate: "record_parity").filter { $0["ok"] == false }
                #expect(failed.map { $0["check"].string } == ["windows"])
                #expect(failed.map { $0["actual"].integer } == [1])
                #expect(failed.first?["facts"]["first_difference"]["source_offset"] == 0)
            }
        }
        // The source twice is no target.
        let twice = try await digest("rec-prior", "target", source, as: "same")
        let run = try await SluiceCommand.run([
            "run", "record_parity", "--set", "topics=rec-prior", "--prior", folder.path("rec-prior-source.jsonl"),
            "--prior", twice, "--evidence", "-",
        ])
        #expect(run.exitCode == 1)
        #expect(try run.evidence.checks("cluster_id", gate: "record_parity", ok: false).map { $0["op"] } == ["!="])
    }
}

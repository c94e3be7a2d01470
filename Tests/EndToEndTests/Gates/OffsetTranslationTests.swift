import Foundation
import Testing

/// `offset_translation` and `ctx.mm2` against a real MirrorMaker 2.
///
/// Expected positions come from kcat, by payload, and from Kafka's own formatters of MirrorMaker's records.
@Suite(
    .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"), .enabled(if: Kcat.isAvailable, "there is no kcat"))
struct OffsetTranslationTests {
    private struct World: Sendable {
        let source: RealKafka
        let target: RealKafka
        /// The commits of each group on the source, and what MirrorMaker made of them.
        var commits: [String: (source: [Int: Int64], target: [Int: Int64])] = [:]
    }

    private static let topic = "mm-orders"
    private static let groups: [String: [Int: Int64]] = [
        "mm-start": [0: 0, 1: 1], "mm-middle": [0: 417, 1: 650], "mm-late": [0: 998, 1: 1187],
        "mm-end": [0: 1000, 1: 1200],
    ]

    /// Both topics are copied and every group has its commits on the target; MirrorMaker is gone again.
    private static let world = Task {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        try await source.fixture.createTopic(topic, partitions: 2, settings: ["retention.ms": "-1"])
        try await RawProducer.produce(RawRecord.numbered(0..<1000), to: topic, at: source.bootstrap, perBatch: 40)
        try await RawProducer.produce(
            RawRecord.numbered(5000..<6200), to: topic, partition: 1, at: source.bootstrap, perBatch: 33)
        for (group, offsets) in groups { try await source.fixture.commit(group, topic, offsets) }
        let mirror = try MirrorMaker.start(topics: "mm-.*", from: source, to: target)
        var world = World(source: source, target: target)
        let names = groups.keys.sorted()
        let deadline = ContinuousClock.now + .seconds(150)
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(2))
            guard mirror.isRunning else { break }
            // Until MirrorMaker has made the topics there is nothing to ask about.
            guard let rows = try? await target.tools.describe(groups: names[0], names[1], names[2], names[3]) else {
                continue
            }
            world.commits = [:]
            for (group, offsets) in groups {
                let found = rows.filter { $0.group == group && $0.topic == "src.\(topic)" }
                let pairs = found.compactMap { row in row.committed.map { (row.partition ?? -1, $0) } }
                world.commits[group] = (offsets, Dictionary(pairs) { first, _ in first })
            }
            let isComplete = world.commits.values.allSatisfy { $0.target.count == $0.source.count }
            if isComplete { break }
        }
        // A moment in which nothing moves: what was read is what the gate will read.
        await mirror.stop()
        let rows = try await target.tools.describe(groups: names[0], names[1], names[2], names[3])
        for (group, offsets) in groups {
            let found = rows.filter { $0.group == group && $0.topic == "src.\(topic)" }
            let pairs = found.compactMap { row in row.committed.map { (row.partition ?? -1, $0) } }
            world.commits[group] = (offsets, Dictionary(pairs) { first, _ in first })
        }
        return world
    }

    private func gate(_ group: String, set: [String] = []) async throws -> SluiceCommand.Result {
        let world = try await Self.world.value
        return try await SluiceCommand.gates(
            ["offset_translation"], source: world.source.bootstrap, target: world.target.bootstrap,
            set: ["groups=\(group)", "topics=\(Self.topic)"] + set, ["--map-topics", "src.{topic}", "--detail"])
    }

    /// The offset on the target of the record that the group reads next on the source, by payload.
    private static func expected(_ partition: Int, _ commit: Int64, _ world: World) async throws -> Int64 {
        let source = try await Kcat.records(of: topic, partition: partition, at: world.source.bootstrap)
        let target = try await Kcat.records(of: "src.\(topic)", partition: partition, at: world.target.bootstrap)
        guard let next = source.first(where: { $0.0 >= commit }) else { return (target.last?.0 ?? -1) + 1 }
        return try #require(target.first { $0.1 == next.1 }).0
    }

    @Test(
        "For each group and partition of MirrorMaker 2 the redelivery is the one that kcat counts",
        arguments: groups.keys.sorted())
    func redelivery(group: String) async throws {
        let world = try await Self.world.value
        let commits = try #require(world.commits[group])
        #expect(commits.target.count == commits.source.count, "MirrorMaker has synced every commit")
        let run = try await gate(group, set: ["max_redelivery=1000000"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let measured = try run.evidence.checks("redelivered", gate: "offset_translation")
        #expect(measured.count == commits.target.count)
        for (partition, found) in commits.target {
            let place = try await Self.expected(partition, commits.source[partition] ?? 0, world)
            let target = try await Kcat.records(
                of: "src.\(Self.topic)", partition: partition, at: world.target.bootstrap)
            let redelivered = target.count { $0.0 >= found && $0.0 < place }
            let row = try #require(measured.first { $0["subject"]["partition"].integer == Int64(partition) })
            #expect(row["actual"].integer == Int64(redelivered), "partition \(partition)")
            #expect(row["facts"]["expected"].integer == place)
        }
        let skipped = try run.evidence.checks("skipped", gate: "offset_translation")
        #expect(skipped.map { $0["actual"].integer } == Array(repeating: 0, count: measured.count))
    }

    @Test("A commit one record too far fails, one too early counts, and the right one is exact")
    func seeded() async throws {
        let world = try await Self.world.value
        let commit: Int64 = 417
        let place = try await Self.expected(0, commit, world)
        let group = "mm-seeded"
        // The other partition is where it should be: without a commit there nobody could say where the group goes on.
        try await world.source.fixture.commit(group, Self.topic, [0: commit, 1: 30])
        try await world.target.fixture.commit(
            group, "src.\(Self.topic)", [1: try await Self.expected(1, 30, world)])
        for (shift, exitCode): (Int64, Int32) in [(0, 0), (1, 1), (-1, 1), (-50, 1)] {
            try await world.target.fixture.commit(group, "src.\(Self.topic)", [0: place + shift])
            let run = try await gate(group)
            #expect(run.exitCode == exitCode, "\(shift): \(run.errors)")
            let evidence = try run.evidence
            func actual(_ check: String) -> Int64? {
                evidence.measured(check, gate: "offset_translation").first { $0.subject["partition"] == 0 }?.actual
                    .integer
            }
            #expect(actual("skipped") == max(0, shift))
            #expect(actual("redelivered") == max(0, -shift))
        }
        // A budget allows records to come again; none allows any to be lost.
        try await world.target.fixture.commit(group, "src.\(Self.topic)", [0: place - 50])
        #expect(try await gate(group, set: ["max_redelivery=50"]).exitCode == 0)
        try await world.target.fixture.commit(group, "src.\(Self.topic)", [0: place + 1])
        #expect(try await gate(group, set: ["max_redelivery=1000000"]).exitCode == 1)
    }

    @Test("One record too far fails for every group and partition, each by its own check")
    func everySkip() async throws {
        let world = try await Self.world.value
        var expected: [String: Int64] = [:]
        for (group, offsets) in Self.groups {
            let name = "skip-\(group)"
            try await world.source.fixture.commit(name, Self.topic, offsets)
            var wrong: [Int: Int64] = [:]
            for (partition, commit) in offsets {
                let place = try await Self.expected(partition, commit, world)
                wrong[partition] = place + 1
                // Past the last record there is none to skip: that commit lies outside the log.
                expected["\(name)-\(partition)"] = group == "mm-end" ? nil : 1
            }
            try await world.target.fixture.commit(name, "src.\(Self.topic)", wrong)
        }
        #expect(expected.count == 6)
        let names = Self.groups.keys.sorted().map { "skip-\($0)" }
        let run = try await gate(names.joined(separator: ","), set: ["max_redelivery=1000000"])
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        var found: [String: Int64] = [:]
        for check in evidence.checks("skipped", gate: "offset_translation", ok: false) {
            let subject = check["subject"]
            found["\(subject["group"].string ?? "")-\(subject["partition"].integer ?? -1)"] = check["actual"].integer
        }
        #expect(found == expected)
        let outside = evidence.checks("in_range", gate: "offset_translation", ok: false)
        #expect(outside.map { $0["subject"]["group"] } == ["skip-mm-end", "skip-mm-end"])
    }

    @Test("A group without a commit on the target is inconclusive, not exact")
    func noCommit() async throws {
        let world = try await Self.world.value
        try await world.source.fixture.commit("mm-alone", Self.topic, [1: 30])
        let run = try await gate("mm-alone")
        // It may have come to MirrorMaker before that was stopped; it was made after.
        #expect(run.exitCode == 2, "\(run.errors)")
        #expect(try run.evidence.of("unknown", gate: "offset_translation").first?["reason"] == "no_target_commit")
    }

    @Test("What ctx.mm2 reads is what Kafka's own formatters print")
    func books() async throws {
        let world = try await Self.world.value
        let folder = try TemporaryFolder()
        let gate = try folder.write(
            """
            return {
              name = "mm2_books", summary = "What MirrorMaker 2 noted", phase = "catch_up",
              clusters = { "source", "target" }, args = {},
              run = function(ctx)
                local function list(name, rows, fields)
                  local count = 0
                  for _, row in ipairs(rows) do
                    local line = {}
                    for _, field in ipairs(fields) do line[#line + 1] = tostring(row[field]) end
                    ctx:note(name, { line = table.concat(line, " "), log = row.log, cluster = row.cluster })
                    count = count + 1
                  end
                  ctx:subject { book = name }:at_least("entries", count, 1)
                end
                list("syncs", ctx.mm2.offset_syncs { topic = "mm-orders" },
                  { "topic", "partition", "upstream_offset", "downstream_offset" })
                list("checkpoints", ctx.mm2.checkpoints { group = "mm-middle" },
                  { "group", "topic", "partition", "upstream_offset", "downstream_offset", "metadata" })
                list("heartbeats", ctx.mm2.heartbeats { log = "heartbeats", cluster = "target" },
                  { "source_alias", "target_alias", "heartbeat" })
              end,
            }
            """, to: "mm2_books.lua")
        let run = try await SluiceCommand.gates(
            [gate], source: world.source.bootstrap, target: world.target.bootstrap)
        #expect(run.exitCode == 0, "\(run.errors)")
        let notes = try run.evidence.of("note", gate: "mm2_books")
        func lines(_ name: String) -> [String] {
            notes.filter { $0["name"].string == name }.compactMap { $0["facts"]["line"].string }
        }
        let formatters = "org.apache.kafka.connect.mirror.formatters."
        func printed(_ topic: String, _ formatter: String, _ kafka: RealKafka) async throws -> [String] {
            try await KafkaTools(installation: KafkaInstallation.target(), bootstrap: kafka.bootstrap).run(
                "kafka-console-consumer.sh",
                [
                    "--topic", topic, "--partition", "0", "--offset", "earliest", "--timeout-ms", "8000", "--formatter",
                    formatters + formatter,
                ])
        }
        // OffsetSync{topicPartition=mm-orders-0, upstreamOffset=0, downstreamOffset=0}
        let syncs = try await printed("mm2-offset-syncs.tgt.internal", "OffsetSyncFormatter", world.source)
        let expectedSyncs = syncs.filter { $0.contains("topicPartition=mm-orders-") }.map { numbers($0) }
        #expect(!expectedSyncs.isEmpty)
        #expect(lines("syncs").map { numbers($0) } == expectedSyncs)
        let checkpoints = try await printed("src.checkpoints.internal", "CheckpointFormatter", world.target)
        let expectedCheckpoints = checkpoints.filter { $0.contains("consumerGroupId=mm-middle") }.map { numbers($0) }
        #expect(!expectedCheckpoints.isEmpty)
        #expect(lines("checkpoints").map { numbers($0) } == expectedCheckpoints)
        let heartbeats = try await printed("heartbeats", "HeartbeatFormatter", world.target)
        let beat = try #require(heartbeats.last { $0.contains("sourceClusterAlias=src") })
        // Other flows between these clusters have heartbeats of their own.
        let own = lines("heartbeats").filter { $0.hasPrefix("src tgt ") }
        #expect(own.map { numbers($0) } == [numbers(beat)])
    }

    /// The numbers in a text, in their order, the partition's included.
    private func numbers(_ text: String) -> [Int64] {
        text.split { !$0.isNumber }.compactMap { Int64($0) }
    }
}

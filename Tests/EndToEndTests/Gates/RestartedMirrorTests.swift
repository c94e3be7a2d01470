import Testing

/// `offset_translation` and `record_parity` where a real MirrorMaker 2 was killed in mid-copy and began again: it had
/// not noted how far it was, so that the target has the first half twice.
@Suite(
    .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"), .enabled(if: Kcat.isAvailable, "there is no kcat"))
struct RestartedMirrorTests {
    private static let topic = "mr-orders"
    private static let copy = "old.mr-orders"
    private static let groups: [String: Int64] = ["mr-first": 300, "mr-second": 650, "mr-last": 1150]

    private struct World: Sendable {
        let source: RealKafka
        let target: RealKafka
        /// Offset and value, by kcat.
        let sourceRecords: [(Int64, String)]
        let targetRecords: [(Int64, String)]
        /// What MirrorMaker made of each group's commit.
        let commits: [String: Int64]
    }

    private static let world = Task {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        try await source.fixture.createTopic(topic, settings: ["retention.ms": "-1"])
        // The groups are there before the first record: what is noted late is noted for all of them.
        for (group, offset) in groups { try await source.fixture.commit(group, topic, [0: min(offset, 300)]) }
        for (records, perBatch) in [(0..<600, 40), (600..<1200, 7)] {
            try await RawProducer.produce(
                RawRecord.numbered(records), to: topic, at: source.bootstrap, perBatch: perBatch)
            for (group, offset) in groups where offset <= Int64(records.upperBound) {
                try await source.fixture.commit(group, topic, [0: offset])
            }
            // It never notes how far it is, however long it takes: killed, it begins at the first record again.
            let mirror = try MirrorMaker.start(
                topics: "mr-.*", from: source, as: "old", to: target, as: "new",
                settings: ["offset.flush.interval.ms": "86400000", "emit.heartbeats.enabled": "false"])
            let last = "value \(records.upperBound - 1) "
            let wanted = groups.filter { $0.value <= Int64(records.upperBound) }
            let deadline = ContinuousClock.now + .seconds(240)
            while ContinuousClock.now < deadline, mirror.isRunning {
                try await Task.sleep(for: .seconds(2))
                guard let rows = try? await target.tools.describe(groups: "mr-first", "mr-second", "mr-last"),
                    let records = try? await Kcat.records(of: copy, at: target.bootstrap)
                else { continue }
                let synced = Set(rows.filter { $0.topic == copy && $0.committed != nil }.map(\.group))
                if records.last?.1.hasPrefix(last) == true, wanted.keys.allSatisfy(synced.contains) { break }
            }
            await mirror.stop()
        }
        let rows = try await target.tools.describe(groups: "mr-first", "mr-second", "mr-last")
        let found = rows.filter { $0.topic == copy }.compactMap { row in row.committed.map { (row.group, $0) } }
        return try await World(
            source: source, target: target, sourceRecords: Kcat.records(of: topic, at: source.bootstrap),
            targetRecords: Kcat.records(of: copy, at: target.bootstrap),
            commits: Dictionary(found) { first, _ in first })
    }

    @Test("The redelivery is the one that kcat counts, and one record too far fails", arguments: groups.keys.sorted())
    func redelivery(group: String) async throws {
        let world = try await Self.world.value
        #expect(world.targetRecords.count > 1200, "MirrorMaker has copied records twice")
        let commit = try #require(Self.groups[group])
        let next = try #require(world.sourceRecords.first { $0.0 >= commit }).1
        let synced = try #require(world.commits[group], "MirrorMaker has synced the commit")
        for (name, found) in [(group, synced), ("\(group)-skips", Int64(-1))] {
            var found = found
            if found < 0 {
                // Beyond the last copy of the record: nothing gives it back.
                found = try #require(world.targetRecords.last { $0.1 == next }).0 + 1
                try await world.source.fixture.commit(name, Self.topic, [0: commit])
                try await world.target.fixture.commit(name, Self.copy, [0: found])
            }
            let run = try await SluiceCommand.gates(
                ["offset_translation"], source: world.source.bootstrap, target: world.target.bootstrap,
                set: ["groups=\(name)", "topics=\(Self.topic)", "max_redelivery=1000000"],
                ["--map-topics", "old.{topic}"])
            let evidence = try run.evidence
            let redelivered = try #require(evidence.checks("redelivered", gate: "offset_translation").first)
            let skipped = try #require(evidence.checks("skipped", gate: "offset_translation").first)
            let place = world.targetRecords.first { $0.1 == next && $0.0 >= found }?.0
            let between = world.targetRecords.count { record in place.map { (found..<$0).contains(record.0) } ?? false }
            #expect(redelivered["actual"].integer == Int64(between), "\(name): \(run.errors)")
            #expect(skipped["actual"].integer == (place == nil ? 1 : 0), "\(name)")
            #expect(run.exitCode == (place == nil ? 1 : 0))
        }
    }

    @Test("What was copied twice is duplicated, to the record, and nothing else is wrong")
    func duplicates() async throws {
        let world = try await Self.world.value
        let more = Int64(world.targetRecords.count - world.sourceRecords.count)
        #expect(more > 0)
        func parity(_ set: [String]) async throws -> SluiceCommand.Result {
            try await SluiceCommand.gates(
                ["record_parity"], source: world.source.bootstrap, target: world.target.bootstrap,
                set: ["topics=\(Self.topic)"] + set, ["--map-topics", "old.{topic}"])
        }
        let run = try await parity([])
        #expect(run.exitCode == 1, "\(run.errors)")
        let failed = try run.evidence.of("check", gate: "record_parity").filter { $0["ok"] == false }
        #expect(failed.map { $0["check"] } == ["duplicated"])
        #expect(failed.first?["actual"].integer == more)
        #expect(try await parity(["max_duplicates=\(more)"]).exitCode == 0)
    }
}

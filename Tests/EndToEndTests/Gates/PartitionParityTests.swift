import Testing

/// `partition_parity` between the two releases.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct PartitionParityTests {
    private static let world = Task {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        for (topic, onSource, onTarget) in [
            ("par-same", 4, 4), ("par-more", 2, 3), ("par-fewer", 3, 2), ("par-missing", 1, 0), ("par-extra", 0, 1),
        ] {
            if onSource > 0 { try await source.fixture.createTopic(topic, partitions: onSource) }
            if onTarget > 0 { try await target.fixture.createTopic(topic, partitions: onTarget) }
        }
        try await source.fixture.createTopic("par-mapped", partitions: 5)
        try await target.fixture.createTopic("old.par-mapped", partitions: 5)
        try await target.fixture.createTopic("par-mapped-v2", partitions: 5)
        return (source: source, target: target)
    }

    @Test("The same number of partitions passes")
    func same() async throws {
        let run = try await gate(["topics=par-same"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let evidence = try run.evidence
        #expect(
            evidence.checks("exists", gate: "partition_parity", ok: true).map { $0["subject"]["topic"] } == ["par-same"]
        )
        let check = try #require(evidence.checks("partitions", gate: "partition_parity", ok: true).first)
        #expect(check["actual"] == 4 && check["limit"] == 4 && check["op"] == "==")
        #expect(check["facts"]["target_topic"] == "par-same")
    }

    @Test(
        "More partitions on the target are no better than fewer", arguments: [("par-more", 3, 2), ("par-fewer", 2, 3)])
    func different(topic: String, target: Int64, source: Int64) async throws {
        let run = try await gate(["topics=\(topic)"])
        #expect(run.exitCode == 1)
        let failed = try run.evidence.checks("partitions", gate: "partition_parity", ok: false)
        #expect(failed.map { $0["actual"].integer } == [target])
        #expect(failed.map { $0["limit"].integer } == [source])
        #expect(run.errors.contains { $0.contains(topic) })
    }

    @Test("A topic that the target lacks fails by name, and the others are judged all the same")
    func missing() async throws {
        let run = try await gate(["topics=par-missing,par-same"])
        #expect(run.exitCode == 1)
        let evidence = try run.evidence
        let failed = evidence.checks("exists", gate: "partition_parity", ok: false)
        #expect(failed.map { $0["subject"]["topic"] } == ["par-missing"])
        #expect(failed.map { $0["facts"]["target_topic"] } == ["par-missing"])
        #expect(evidence.checks("partitions", gate: "partition_parity", ok: true).count == 1)
        #expect(evidence.reasons(of: "partition_parity") == ["check_failed"])
        // The answer that told it is in the evidence, as one that was expected.
        #expect(evidence.of("read_error", gate: "partition_parity").allSatisfy { $0["acknowledged"] == true })
    }

    @Test("A mapping names the topic on the target", arguments: ["template", "plan", "plan and template"])
    func mapped(how: String) async throws {
        let (source, target) = try await Self.world.value
        let folder = try TemporaryFolder()
        var options = ["--source", source.bootstrap, "--target", target.bootstrap]
        if how != "plan" { options += ["--map-topics", "old.{topic}"] }
        if how != "template" {
            let plan = """
                return { name = "mapped", mapping = { topic_names = { ["par-mapped"] = "par-mapped-v2" } },
                  gates = { { gate = "partition_parity", args = { topics = { "par-mapped" } } } } }
                """
            options += ["--plan", try folder.write(plan, to: "plan.lua")]
        } else {
            options += ["partition_parity", "--set", "topics=par-mapped"]
        }
        let run = try await SluiceCommand.run(["run"] + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("partitions", gate: "partition_parity").first)
        #expect(check["subject"] == .object(["topic": "par-mapped"]))
        #expect(check["facts"]["target_topic"].string == (how == "template" ? "old.par-mapped" : "par-mapped-v2"))
    }

    @Test(
        "What the source does not have is inconclusive",
        arguments: ["topics=par-extra", "topics=par-same,par-nothing", "topics=nothing-*", "topics=par-same,nothing-*"])
    func notOnTheSource(set: String) async throws {
        let run = try await gate([set])
        #expect(run.exitCode == 2, "\(run.errors)")
        #expect(try run.evidence.verdict(of: "partition_parity") == "inconclusive")
    }

    @Test("Globs select by name and leave Kafka's own topics alone")
    func globs() async throws {
        // Commits have made the internal topic.
        _ = try await LagWorld.kafka(.source)
        let run = try await gate(["topics=*,!lag-*,!par-[mef]*,!pick-*,!fixture-*,!dec-*,!run-*,!old.*"])
        let names = try run.evidence.checks("exists", gate: "partition_parity").compactMap {
            $0["subject"]["topic"].string
        }
        #expect(names.contains("par-same"))
        #expect(!names.contains("par-missing"))
        #expect(!names.contains { $0.hasPrefix("__") })
        let named = try await gate(["topics=__consumer_offsets"])
        #expect(try named.evidence.checks("exists", gate: "partition_parity").count == 1)
    }

    private func gate(_ set: [String]) async throws -> SluiceCommand.Result {
        let (source, target) = try await Self.world.value
        return try await SluiceCommand.gates(
            ["partition_parity"], source: source.bootstrap, target: target.bootstrap, set: set)
    }
}

import Secrets
import Testing
import Value

@testable import Evidence

@Suite struct ShardEvidenceTests {
    @Test("sets of numbers come back as they were written")
    func ranges() {
        for numbers in [[0], [0, 1, 2], [0, 2, 4], [7, 8, 9, 11, 99_999]] as [[Int64]] {
            let text = PartitionRanges.text(numbers[...])
            #expect(PartitionRanges.partitions(text)?.map { Int64($0) } == numbers, "\(text)")
        }
    }

    @Test(
        "what is no set of partitions, or too large to be ours, is none",
        arguments: [
            "", ",", "1,", "-1", "1-", "2-1", "1-2-3", "a", " 1", "+1", "0-2147483647", "99999999999", "0-1048576",
            "0-1000000,0-1000000",
        ])
    func noRanges(text: String) { #expect(PartitionRanges.partitions(text) == nil) }

    /// Evidence of a shard, with a line of our own making in it.
    private func evidence(_ type: String, _ fields: [ByteString: Value]) throws -> ShardEvidence {
        let sink = MemorySink()
        var random = SystemRandomNumberGenerator()
        let writer = EvidenceWriter(
            sink: sink, run: RunID(unixMs: 0, using: &random), clock: StepClock().clock, secrets: SecretRegistry())
        try writer.start(
            RunStarted(
                tool: .init(name: "sluice", version: "1", commit: "abc", lua: "5.4", os: "linux", arch: "x86_64"),
                mode: .live, argv: [], host: "h",
                gates: [.init(id: "g", gate: "g", path: "g.lua", sha256: "ab", severity: "blocker")],
                share: .init(index: 1, count: 2, work: "w", split: ["g"], decides: ["g"])))
        try writer.append(CopiedLine(type, gate: "g", fields: fields))
        try writer.finishGate(
            GateFinished(
                gate: "g", verdict: .inconclusive, reasons: [.init(code: "shard", message: "a part")],
                checks: .init(passed: 2), subjects: 2,
                share: .init(units: 1, total: 3, digest: "dd", basis: "names")))
        _ = try writer.finish(RunFinished(verdict: .inconclusive, exitCode: 2, gates: .init(), durationUs: 1))
        var lines = EvidenceLines(sink.bytes)
        return try ShardEvidence.read(path: "s.jsonl", &lines)
    }

    @Test("all that a shard says of itself is read")
    func read() throws {
        let shard = try evidence("units", ["gate": "g", "topic": "t", "partitions": "0,2-3"])
        #expect(shard.verification.isOK && shard.problem == nil)
        #expect(shard.index == 1 && shard.count == 2 && shard.version == "1 abc" && shard.host == "h")
        #expect(shard.units["g"]?.map(\.partitions) == [[0, 2, 3]])
        let end = try #require(shard.ends["g"])
        #expect(end.verdict == .inconclusive && end.reasons.map(\.code) == ["shard"])
        #expect(end.checks.passed == 2 && end.share?.units == 1 && end.share?.total == 3)
        #expect(shard.started != nil && shard.finished != nil && !shard.isMerged)
    }

    @Test("a topic that is named like a secret is not in the list of what was scanned")
    func secret() throws {
        let secrets = SecretRegistry()
        secrets.register(Secret("correct-horse-battery"))
        let sink = MemorySink()
        var random = SystemRandomNumberGenerator()
        let writer = EvidenceWriter(
            sink: sink, run: RunID(unixMs: 0, using: &random), clock: StepClock().clock, secrets: secrets)
        try writer.start(
            RunStarted(
                tool: .init(name: "sluice", version: "1", lua: "5.4", os: "linux", arch: "x86_64"), mode: .live,
                argv: [], host: "h", gates: []))
        try writer.append(UnitsLine(gate: "g", topic: "a-correct-horse-battery-b", partitions: [0, 1]))
        #expect(sink.texts.last?.contains("\"partitions\":\"0-1\"") == true)
        #expect(!sink.texts.joined().contains("correct-horse-battery"))
    }

    @Test("a line that is not as a shard writes it is a problem, though the chain is whole")
    func strange() throws {
        for fields in [
            ["gate": "g", "topic": "t"], ["gate": "g", "topic": "t", "partitions": "0-99999999"],
            ["gate": "g", "partitions": "0"], ["topic": "t", "partitions": "0"],
        ] as [[ByteString: Value]] {
            let shard = try evidence("units", fields)
            #expect(shard.verification.isOK)
            #expect(shard.problem == "line 1 (units) is not as a shard writes it")
        }
        // A gate that ends twice says two things.
        let twice = try evidence(
            "gate_finished",
            [
                "gate": "g", "verdict": "pass", "reasons": [], "subjects": 0,
                "checks": ["passed": 1, "failed": 0, "unknown": 0],
            ])
        #expect(twice.problem == "line 2 (gate_finished) is not as a shard writes it")
        #expect(try evidence("gate_finished", ["gate": "g", "verdict": "fine"]).problem != nil)
        #expect(try evidence("cluster", [:]).problem == "line 1 (cluster) is not as a shard writes it")
    }
}

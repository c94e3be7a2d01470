import Foundation
import Testing

/// Gates that are evaluated again and again while the cluster changes under them.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct WaitTests {
    @Test("A wait passes once the lag is committed away and has stayed away")
    func passes() async throws {
        let (kafka, process, folder) = try await started(
            "run-wait", committed: 4, ["--wait", "40s", "--every", "1s", "--hold", "2s"])
        // The first round has seen the lag.
        try #require(await process.errors.first { $0.contains("round 2 started") } != nil)
        try await kafka.fixture.commit("run-wait", "run-wait", [0: 10])
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output.count == 1)
        #expect(run.output.first?.hasPrefix("sluice PASS ") == true)

        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        let finished = try #require(evidence.of("gate_finished", gate: "lag_budget").first)
        #expect(finished["verdict"] == "pass")
        #expect(finished["hold"]["required_us"] == 2_000_000)
        #expect(try #require(finished["hold"]["achieved_us"].integer) >= 2_000_000)
        #expect(try #require(finished["hold"]["samples"].integer) >= 3)
        let attempts = try #require(finished["attempts"].integer)
        #expect(attempts >= 4)
        let checks = evidence.checks("lag", gate: "lag_budget")
        #expect(checks.first?["actual"] == 6)
        #expect(checks.first?["ok"] == false)
        let sum = try #require(checks.last)
        #expect(sum["ok"] == true)
        #expect(sum["rounds"]["n"].integer == attempts)
        #expect(try #require(sum["rounds"]["ok"].integer) < attempts)
        #expect(sum["rounds"]["min"] == 0 && sum["rounds"]["max"] == 6 && sum["rounds"]["last"] == 0)
        // A line at each change and the sums at the end, not one a round.
        #expect(checks.count <= 3)
        #expect(try await SluiceCommand.run(["verify", folder.path("run.jsonl")]).exitCode == 0)
    }

    @Test("A wait that the gates outlast ends with what they said last")
    func neverPasses() async throws {
        let (_, process, folder) = try await started(
            "run-never", committed: 4, ["--wait", "3s", "--every", "1s"])
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 1, "\(run.errors)")
        let finished = try EvidenceLines(folder.lines(of: "run.jsonl")).of("gate_finished", gate: "lag_budget")
        #expect(finished.count == 1)
        #expect(try #require(finished.first?["attempts"].integer) >= 2)
    }

    @Test("What passed but could not be held for long enough is inconclusive")
    func notHeld() async throws {
        let (_, process, folder) = try await started(
            "run-unheld", committed: 10, ["--wait", "3s", "--every", "2s", "--hold", "10s"])
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 2, "\(run.errors)")
        #expect(run.errors.first?.contains("warning: ") == true, "\(run.errors)")
        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        #expect(evidence.reasons(of: "lag_budget") == ["hold"])
        #expect(run.output.first?.hasPrefix("sluice INCONCLUSIVE ") == true)
    }

    @Test("A watch stops at the first fail")
    func watchFails() async throws {
        let (kafka, process, folder) = try await started(
            "run-watch", committed: 10, ["--watch", "60s", "--every", "1s"])
        try #require(await process.errors.first { $0.contains("round 2 started") } != nil)
        try await kafka.fixture.produce(5, to: "run-watch")
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        let failed = evidence.checks("lag", gate: "lag_budget", ok: false)
        #expect(failed.last?["actual"] == 5)
        #expect(failed.last?["rounds"]["max"] == 5)
        #expect(try #require(evidence.of("run_finished").first?["duration_us"].integer) < 55_000_000)
    }

    @Test("A watch during which every round passed is a pass")
    func watchPasses() async throws {
        let (_, process, folder) = try await started(
            "run-quiet", committed: 10, ["--watch", "3s", "--every", "1s"])
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 0, "\(run.errors)")
        let finished = try EvidenceLines(folder.lines(of: "run.jsonl")).of("gate_finished", gate: "lag_budget").first
        #expect(try #require(finished?["attempts"].integer) >= 2)
    }

    /// A run on a topic of ten records, with a group of the topic's name.
    private func started(
        _ name: String, committed: Int64, _ options: [String]
    ) async throws -> (kafka: RealKafka, process: ChildProcess, folder: TemporaryFolder) {
        let kafka = try await SharedKafka.source
        try await kafka.fixture.createTopic(name)
        try await kafka.fixture.produce(10, to: name)
        try await kafka.fixture.commit(name, name, [0: committed])
        let folder = try TemporaryFolder()
        let process = try SluiceCommand.start(
            ["run", "lag_budget", "--source", kafka.bootstrap, "--set", "groups=\(name)"]
                + ["--evidence", folder.path("run.jsonl"), "--trace", "--progress", "plain"] + options)
        return (kafka, process, folder)
    }
}

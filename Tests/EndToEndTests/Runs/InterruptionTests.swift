import Foundation
import Testing

/// A run that is ended from outside: what it wrote still tells what happened.
@Suite struct InterruptionTests {
    private static let sleeper = """
        return { name = "sleeper", summary = "s", phase = "preflight", clusters = {}, run = function(ctx)
          ctx:subject { a = 1 }:equal("one", 1, 1)
          ctx:sleep(60000)
        end }
        """

    @Test("An interrupted run says so in its evidence, and is no pass", arguments: [(Int32(2), Int32(130)), (15, 143)])
    func interrupted(signal: Int32, exitCode: Int32) async throws {
        let folder = try TemporaryFolder()
        let process = try await started(in: folder)
        process.signal(signal)
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == exitCode)
        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        #expect(evidence.verdict(of: "sleeper") == "inconclusive")
        #expect(evidence.reasons(of: "sleeper").contains("interrupted"))
        #expect(evidence.of("run_finished").first?["exit_code"].integer == Int64(exitCode))
        #expect(!(run.output + run.errors).contains { $0.hasPrefix("sluice PASS") })
        #expect(try await verified(folder) == (0, "OK-UNSIGNED"))
    }

    @Test("A gate that does not look up is left alone soon after the signal, not at its deadline")
    func deaf() async throws {
        let folder = try TemporaryFolder()
        // One comparison of such strings is one step for Lua, and takes a quarter of a second: two hundred of them, a
        // minute, come between two looks.
        let deaf = """
            local a = ("\\0"):rep(1000000):rep(28)
            local b = a .. ""
            while true do \(String(repeating: "if a < b then end ", count: 200)) end
            """
        let process = try await started(
            in: folder, Self.sleeper.replacingOccurrences(of: "ctx:sleep(60000)", with: deaf))
        try await Task.sleep(for: .seconds(2))
        process.signal(SIGTERM)
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 143)
        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        let took = try #require(evidence.of("gate_finished").first?["duration_us"].integer)
        #expect(took < 30_000_000)
        #expect(try await verified(folder) == (0, "OK-UNSIGNED"))
    }

    @Test("No core file would be written of a run, with the secrets it has loaded")
    func coreFile() async throws {
        let folder = try TemporaryFolder()
        let process = try await started(in: folder)
        let limits = try String(contentsOfFile: "/proc/\(process.identifier)/limits", encoding: .utf8)
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
        process.signal(SIGINT)
        _ = await SluiceCommand.result(of: process)
    }

    @Test("A second signal ends it at once", arguments: [Int32(2), 15])
    func twice(second: Int32) async throws {
        let folder = try TemporaryFolder()
        let process = try await started(in: folder)
        process.signal(SIGINT)
        process.signal(second)
        let run = await SluiceCommand.result(of: process)
        #expect([130, 143].contains(run.exitCode))
    }

    @Test("A watch that was stopped for a while has not watched")
    func stopped() async throws {
        let folder = try TemporaryFolder()
        let gate = try folder.write(
            Self.sleeper.replacingOccurrences(of: "ctx:sleep(60000)", with: ""), to: "sleeper.lua")
        let process = try SluiceCommand.start([
            "run", gate, "--watch", "8s", "--every", "1s", "--evidence", folder.path("run.jsonl"), "--trace",
            "--progress", "plain",
        ])
        try #require(await process.errors.first { $0.contains("round 1: 1 of 1 passed") } != nil)
        process.signal(SIGSTOP)
        try await Task.sleep(for: .milliseconds(4500))
        process.signal(SIGCONT)
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 2)
        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        #expect(evidence.reasons(of: "sleeper") == ["hold"])
    }

    @Test("A killed run is told as incomplete, never as whole")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let process = try await started(in: folder)
        process.signal(SIGKILL)
        let run = await SluiceCommand.result(of: process)
        #expect(run.ending == .signal(SIGKILL))
        #expect(run.output.isEmpty)
        #expect(try await verified(folder) == (1, "INCOMPLETE"))

        // As a crash within a write would leave it.
        let bytes = try Data(contentsOf: folder.url.appendingPathComponent("run.jsonl"))
        try bytes.dropLast(7).write(to: folder.url.appendingPathComponent("run.jsonl"))
        #expect(try await verified(folder) == (1, "TORN-TAIL"))
    }

    /// A run whose gate has begun.
    private func started(in folder: TemporaryFolder, _ text: String = sleeper) async throws -> ChildProcess {
        let gate = try folder.write(text, to: "sleeper.lua")
        let process = try SluiceCommand.start(
            ["run", gate, "--evidence", folder.path("run.jsonl"), "--trace", "--progress", "plain"])
        try #require(await process.errors.first { $0.contains("sleeper started") } != nil)
        return process
    }

    private func verified(_ folder: TemporaryFolder) async throws -> (exitCode: Int32?, outcome: String?) {
        let run = try await SluiceCommand.run(["verify", folder.path("run.jsonl")])
        return (run.exitCode, run.output.first?.split(separator: " ").first.map(String.init))
    }
}

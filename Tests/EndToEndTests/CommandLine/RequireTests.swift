import Foundation
import Testing

@testable import sluice

/// `sluice require`, and what runs are given of earlier ones, without any cluster.
@Suite struct RequireTests {
    private static let gate = """
        return { name = "good", summary = "s", phase = "preflight", clusters = {}, run = function(ctx)
          ctx:subject { a = 1 }:equal("one", 1, 1)
        end }
        """

    /// A folder with the gate and the evidence of a run of it.
    private func folder() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let gate = try folder.write(Self.gate, to: "good.lua")
        let run = try await SluiceCommand.run(["run", gate, "--evidence", folder.path("e.jsonl")])
        #expect(run.exitCode == 0, "\(run.errors)")
        return folder
    }

    private func require(_ arguments: [String]) async throws -> SluiceCommand.Result {
        try await SluiceCommand.run(["require"] + arguments)
    }

    @Test("Each condition is printed with what was found, and the last line sums up")
    func output() async throws {
        let folder = try await folder()
        let (path, other) = (folder.path("e.jsonl"), String(repeating: "b", count: 64))
        let met = try await require([path, "--gate", "good=pass"])
        #expect(met.exitCode == 0)
        let id = try #require(met.output.last?.split(separator: " ").first { $0.hasPrefix("run=") })
        #expect(
            met.output == [
                "met   evidence required=OK found=OK-UNSIGNED",
                "met   mode required=live found=live",
                "met   verdict required=pass found=pass",
                "met   max-waived required=0 found=0",
                "met   gate good required=pass found=pass",
                "sluice MET \(id) met=5 unmet=0 evidence=\(path)",
            ])
        let unmet = try await require([
            path, "--mode", "embedded", "--verdict", "fail", "--gate", "lag_budget=pass", "--source-id", "S",
            "--plan-sha256", other, "--freeze", other,
        ])
        #expect(unmet.exitCode == 1)
        #expect(
            unmet.output == [
                "met   evidence required=OK found=OK-UNSIGNED",
                "unmet mode required=embedded found=live",
                "unmet verdict required=fail found=pass",
                "met   max-waived required=0 found=0",
                "unmet gate lag_budget required=pass found=\"no such gate\"",
                "unmet plan-sha256 required=\(other) found=none",
                "unmet source-id required=S found=none",
                "unmet freeze required=\(other) found=none",
                "sluice UNMET \(id) met=2 unmet=6 evidence=\(path)",
            ])
    }

    @Test("Of evidence that does not verify nothing is believed")
    func unverified() async throws {
        let folder = try await folder()
        let whole = try String(contentsOfFile: folder.path("e.jsonl"), encoding: .utf8)
        let torn = try folder.write(String(whole.dropLast(20)), to: "torn.jsonl")
        let changed = whole.replacingOccurrences(of: "\"ok\":true", with: "\"ok\":t rue")
        #expect(changed != whole)
        let altered = try folder.write(changed, to: "a.jsonl")
        for path in [torn, altered, try folder.write("", to: "empty.jsonl")] {
            let run = try await require([path])
            #expect(run.exitCode == 1)
            let unjudged = #"found="not judged: the evidence does not verify""#
            try #require(run.output.count == 5)
            #expect(run.output[0].hasPrefix("unmet evidence required=OK found="))
            #expect(
                run.output[1...3].elementsEqual([
                    "unmet mode required=live \(unjudged)", "unmet verdict required=pass \(unjudged)",
                    "unmet max-waived required=0 \(unjudged)",
                ]))
            #expect(run.output[4].hasPrefix("sluice UNMET ") && run.output[4].contains(" met=0 unmet=4 "))
        }
    }

    /// What is wrong, and what comes of it; `DIR` stands for the folder.
    static let mistakes: [([String], Int32, String)] = [
        (["require"], 64, "EVIDENCE"),
        (["require", "DIR/e.jsonl", "b"], 64, "\"b\""),
        (["require", "DIR/e.jsonl", "--gate", "good"], 64, "NAME=pass"),
        (["require", "DIR/e.jsonl", "--gate", "good=maybe"], 64, "inconclusive"),
        (["require", "DIR/e.jsonl", "--gate", "=pass"], 64, "NAME=pass"),
        (["require", "DIR/e.jsonl", "--verdict", "good"], 64, "--verdict"),
        (["require", "DIR/e.jsonl", "--mode", "dead"], 64, "--mode"),
        (["require", "DIR/e.jsonl", "--max-age", "0s"], 64, "--max-age"),
        (["require", "DIR/e.jsonl", "--max-age", "soon"], 64, "--max-age"),
        (["require", "DIR/e.jsonl", "--plan-sha256", "abc"], 64, "SHA-256"),
        (["require", "DIR/none.jsonl"], 66, "none.jsonl"),
        (["require", "DIR/e.jsonl", "--freeze", "DIR/none.jsonl"], 66, "none.jsonl"),
        (["require", "DIR/e.jsonl", "--freeze", "DIR/e.jsonl"], 65, "freeze_capture"),
        (["require", "DIR/e.jsonl", "--freeze", "DIR/good.lua"], 65, "does not verify"),
        (["run", "DIR/good.lua", "--freeze", "DIR/none.jsonl"], 66, "none.jsonl"),
        (["run", "DIR/good.lua", "--freeze", "DIR/good.lua"], 65, "does not verify"),
        (["run", "DIR/good.lua", "--freeze", "DIR/e.jsonl"], 65, "freeze_capture"),
        (["run", "DIR/good.lua", "--prior", "DIR/none.jsonl"], 66, "none.jsonl"),
        (["run", "DIR/good.lua", "--prior", "DIR/e.jsonl", "--prior", "DIR/good.lua"], 65, "does not verify"),
        (["run", "DIR/good.lua", "--max-rate", "fast"], 64, "50MB/s"),
        (["run", "DIR/good.lua", "--max-rate", "50"], 64, "--max-rate"),
        (["run", "DIR/good.lua", "--max-rate", "-1MB/s"], 64, "--max-rate"),
        (["run", "DIR/good.lua", "--max-rate", "1B/s"], 64, "64kB/s"),
        (["run", "DIR/good.lua", "--max-rate", "9223372036854775807GB/s"], 64, "--max-rate"),
    ]

    @Test("A mistake has its exit code and says what is wrong")
    func mistakes() async throws {
        let folder = try await folder()
        for (arguments, exitCode, says) in Self.mistakes {
            let run = try await SluiceCommand.run(
                arguments.map { $0.replacingOccurrences(of: "DIR", with: folder.url.path) })
            #expect(run.exitCode == exitCode, "\(arguments): \(run.errors)")
            let isSaid = run.errors.contains { $0.hasPrefix("sluice: ") && $0.contains(says) }
            #expect(isSaid, "\(arguments): \(run.errors)")
            #expect(run.bytes.isEmpty, "\(arguments)")
        }
    }

    @Test("Earlier evidence that verifies is named in the new one, and told to gates")
    func prior() async throws {
        let folder = try await folder()
        let path = folder.path("e.jsonl")
        let gate = try folder.write(
            """
            return { name = "later", summary = "s", phase = "preflight", clusters = {}, run = function(ctx)
              local subject = ctx:subject { prior = 1 }
              subject:equal("verdict", ctx.prior[1].verdict, "pass")
              subject:equal("gate", ctx.prior[1].gates[1].gate, "good")
              subject:equal("count", #ctx.prior, 2)
            end }
            """, to: "later.lua")
        let run = try await SluiceCommand.run(["run", gate, "--prior", path, "--prior", path])
        #expect(run.exitCode == 0, "\(run.errors)")
        let earlier = try #require(try run.evidence.of("run_started").first)["prior"].items
        #expect(earlier.count == 2 && earlier.allSatisfy { $0["path"].string == path })
    }

    @Test("The help of require is its table of conditions")
    func help() {
        #expect(
            HelpText.page(.require) == [
                "usage: sluice require EVIDENCE [options]",
                "",
                "may the next, destructive step go ahead",
                "",
                "Prints each condition with what was found, and exits 0 only if all are met. The evidence has to",
                "verify, to be of live clusters unless --mode says otherwise, and to have no waived gate.",
                "",
                "Gates",
                "  --freeze FILE               evidence of an earlier freeze_capture: the frozen vector to judge",
                "                              against (require: or its id)",
                "",
                "Conditions",
                "  --verdict VERDICT           what the run came to, waivers applied (default: pass)",
                "  --gate NAME=VERDICT         the gate of this id or name ran and came to this verdict; may be",
                "                              repeated",
                "  --max-age D                 the run ended no longer ago",
                "  --plan-sha256 SHA256        the run had this plan, as sha256sum gives it",
                "  --source-id ID              the id of the source cluster",
                "  --target-id ID              the id of the target cluster",
                "  --mode MODE                 on which clusters the run was (default: live)",
                "",
                "Each option has an environment variable, such as SLUICE_GATE_TIMEOUT for --gate-timeout and SLUICE_X",
                "for -X. An option on the command line replaces it. A flag is set by 1 or true, an option that may be",
                "repeated has one value a line.",
            ])
    }
}

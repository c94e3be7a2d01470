import Foundation
import Gate
import Testing

@testable import Agent
@testable import Evidence
@testable import sluice

@Suite struct CommandLineSummaryTests {
    private let gates = [
        GateStanding(id: "a", severity: .blocker, result: .verdict(.pass)),
        GateStanding(id: "b", severity: .blocker, result: .verdict(.fail)),
    ]

    private func result(_ code: ExitCode, _ verdict: RunVerdict, head: String? = "ab12") -> RunResult {
        RunResult(exitCode: code, run: "0199-7", verdict: verdict, head: head, evidenceProblem: nil)
    }

    @Test("the summary line has the form that scripts read")
    func form() {
        let line = SummaryLine(result(.fail, RunVerdict(gates)), evidence: "run.jsonl")
        #expect(
            line?.text == """
                sluice FAIL run=0199-7 pass=1 fail=1 inconclusive=0 skipped=0 waived=0 warned=0 \
                head=sha256:ab12 evidence=run.jsonl
                """)
        let odd = SummaryLine(result(.fail, RunVerdict(gates)), evidence: "my run=1\n.jsonl")
        #expect(odd?.text.utf8.contains(0x0A) == false)
        #expect(odd?.text.utf8.reversed().starts(with: "evidence=\"my run=1\\n.jsonl\"".utf8.reversed()) == true)
    }

    @Test("a secret that reads like a word of the line hides its like in names of others alone")
    func secrets() async throws {
        // Written by the shell: the watch over secrets of tests would find "pass" in any evidence.
        let run = try await CommandLineTool.shell(
            """
            folder=$(mktemp -d); trap 'rm -r "$folder"' EXIT
            printf '%s\\n' security.protocol=SASL_PLAINTEXT sasl.mechanism=PLAIN sasl.username=me sasl.password=pass \\
                > "$folder/client"
            "$0" run "$1" --target 127.0.0.1:1 --target-config "$folder/client" --timeout 1s \\
                --allow plaintext_password --evidence "$folder/my-pass.jsonl"
            """, [SluiceCommand.repository.appendingPathComponent("gates/preflight/tls_valid.lua").path])
        #expect(run.output.hasPrefix("sluice INCONCLUSIVE run=") && run.output.contains(" pass=0 "), "\(run.errors)")
        #expect(run.output.contains("/my-‹secret›.jsonl"))
    }

    @Test("nothing but a passing run with passing gates is called a pass")
    func word() {
        let pass = RunVerdict(Array(gates.prefix(1)))
        func word(_ code: ExitCode, _ verdict: RunVerdict) -> Substring? {
            SummaryLine(result(code, verdict), evidence: "-")?.text.split(separator: " ")[1]
        }
        #expect(word(.pass, pass) == "PASS")
        #expect(word(.interrupted, pass) == "INCONCLUSIVE")
        #expect(word(.pass, RunVerdict(gates)) == "FAIL")
        #expect(word(.interrupted, RunVerdict(gates)) == "FAIL")
        #expect(word(.inconclusive, RunVerdict([])) == "INCONCLUSIVE")
    }

    @Test("evidence without an end has no summary")
    func noHead() {
        #expect(SummaryLine(result(.pass, RunVerdict(Array(gates.prefix(1))), head: nil), evidence: "-") == nil)
    }

    @Test("verify tells the outcome first, then the file, and why")
    func verification() {
        var found = Verification(outcome: .okUnsigned)
        (found.lines, found.run, found.head) = (7, "r1", "ab")
        (found.verdict, found.effective) = ("fail", "pass")
        #expect(
            VerifyCommand.line(found, of: "run.jsonl")
                == "OK-UNSIGNED run.jsonl run=r1 lines=7 verdict=fail effective=pass head=sha256:ab")
        var altered = Verification(outcome: .tampered(seq: 3))
        altered.detail = "line 3: altered"
        #expect(
            VerifyCommand.line(altered, of: "a b") == "TAMPERED (3) \"a b\" lines=0 detail=\"line 3: altered\"")
    }
}

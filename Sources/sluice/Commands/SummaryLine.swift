import Agent
import Gate
import Value

/// The one line that says how a run ended; scripts read it, so it changes only on purpose.
struct SummaryLine {
    let text: String

    /// Nil where the evidence has no head: then there is nothing to be said.
    ///
    /// `evidence`: its name, fit to be shown. All else is the program's own: a secret that reads like a part of it, `pass`
    /// or four digits of the head, is no reason to hide that part, which would tell the secret.
    init?(_ result: RunResult, evidence: String) {
        guard let head = result.head else { return nil }
        let counts = result.verdict.counts
        text = """
            sluice \(Self.word(result)) run=\(result.run) pass=\(counts.pass) fail=\(counts.fail) \
            inconclusive=\(counts.inconclusive) skipped=\(counts.skipped) waived=\(counts.waived) \
            warned=\(counts.warned) head=sha256:\(head) evidence=\(ValueText.of(ByteString(evidence)))
            """
    }

    /// Never better than the exit code.
    private static func word(_ result: RunResult) -> String {
        switch (result.exitCode, result.verdict.effective) {
        case (.pass, .pass): "PASS"
        case (.fail, _), (_, .fail): "FAIL"
        default: "INCONCLUSIVE"
        }
    }
}

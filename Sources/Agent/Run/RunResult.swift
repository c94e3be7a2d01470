package import Gate

/// How a run ended.
package struct RunResult: Sendable {
    package let exitCode: ExitCode
    package let run: String
    package let verdict: RunVerdict
    /// The head of the evidence chain in hexadecimal; nil where the evidence could not be finished.
    package let head: String?
    /// What went wrong with the evidence, if anything did.
    package let evidenceProblem: String?
}

import Evidence
private import Glibc

/// Why a command stops before anything is contacted.
package struct AgentError: Error, Hashable, Sendable {
    package let exitCode: ExitCode
    /// The place first, then the fact; a hint behind a semicolon.
    package let message: String

    package init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }
}

extension AgentError {
    /// For a file of evidence named on the command line that could not be read.
    init(reading error: EvidenceError) {
        let code: ExitCode =
            switch (error.reason, error.code) {
            case (.noDigest, _): .software
            case (_, EACCES), (_, EPERM): .noPermission
            case (_, EISDIR): .badInput
            case (.cannotOpen, _): .missingFile
            default: .badInput
            }
        self.init(code, "\(error)")
    }
}

package import Evidence
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
    ///
    /// The same code as that of any other file that is named there and cannot be read.
    package init(reading error: EvidenceError) {
        let code: ExitCode =
            switch (error.reason, error.code) {
            case (.noDigest, _): .software
            case (_, ENOENT), (_, ENOTDIR): .missingFile
            case (_, EACCES), (_, EPERM): .noPermission
            default: .badInput
            }
        self.init(code, "\(error)")
    }
}

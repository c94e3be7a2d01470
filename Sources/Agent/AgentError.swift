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

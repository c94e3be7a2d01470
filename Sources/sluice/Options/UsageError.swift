import Agent
import Value

/// A command line, or an environment variable, that cannot be understood (exit 64).
struct UsageError: Error, Equatable {
    let message: String
    /// The command whose help is worth reading; nil: the general one.
    let command: Command?

    init(_ message: String, of command: Command? = nil) {
        self.message = message
        self.command = command
    }

    static func unknownCommand(_ word: String) -> UsageError {
        let near = NearestName.nearestName(to: word, among: Command.allCases.map(\.rawValue))
        return UsageError("unknown command \"\(word)\"" + (near.map { "; did you mean \($0)?" } ?? ""))
    }

    /// One line, with where to read more.
    var agentError: AgentError {
        AgentError(.usage, "\(message); see sluice \(command.map { $0.rawValue + " " } ?? "")--help")
    }
}

import Agent
import HostSystem

/// What every command works with.
struct CommandContext: Sendable {
    let environment: AgentEnvironment
    let console: Console
    /// The whole command line.
    let argv: [String]

    var agent: Agent { Agent(environment) }

    func perform() async throws(AgentError) -> ExitCode {
        switch try parsed() {
        case .help(let command): return try help(command)
        case .command(let command, let words, let options):
            return try await perform(command, words: words, options: options)
        }
    }

    private func parsed() throws(AgentError) -> Invocation {
        do {
            return try CommandLineParser.parse(Array(argv.dropFirst()), variable: environment.host.variable)
        } catch {
            throw error.agentError
        }
    }

    private func perform(
        _ command: Command, words: [String], options: ParsedOptions
    ) async throws(AgentError) -> ExitCode {
        switch command {
        case .run: try await RunCommand(context: self, options: options).perform(words)
        case .demo: try await DemoCommand(context: self, options: options).perform()
        case .list: try await ListCommand(context: self).perform(words, json: options.flag(.json))
        case .doc: try await DocCommand(context: self).perform(words.first, options: options)
        case .plan: try await PlanCommand(context: self, options: options).perform(words)
        case .check: try await CheckCommand(context: self).perform(words, options: options)
        case .test: try await TestCommand(context: self, options: options).perform(words)
        case .new: try await NewCommand(context: self, options: options).perform(words.first ?? "")
        case .repl: try await ReplCommand(context: self, options: options).perform()
        case .verify: try VerifyCommand(context: self).perform(words, head: options.text(.head))
        case .require: try RequireCommand(context: self, options: options).perform(words[0])
        case .merge: try MergeCommand(context: self, options: options).perform(words)
        case .version: try VersionCommand(context: self).perform(json: options.flag(.json))
        case .completion: try completion(words.first ?? "")
        case .help: try help(words.first.map { word throws(AgentError) in try self.command(word) })
        }
    }

    private func help(_ command: Command?) throws(AgentError) -> ExitCode {
        try console.print(HelpText.page(command))
        return .pass
    }

    private func command(_ word: String) throws(AgentError) -> Command {
        guard let command = Command(rawValue: word) else { throw UsageError.unknownCommand(word).agentError }
        return command
    }

    private func completion(_ word: String) throws(AgentError) -> ExitCode {
        guard let shell = CompletionScript.Shell(rawValue: word) else {
            throw UsageError("\"\(word)\" is not one of bash, zsh, fish", of: .completion).agentError
        }
        try console.print(text: CompletionScript.text(for: shell))
        return .pass
    }
}

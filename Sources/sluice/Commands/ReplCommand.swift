import Agent
import EmbeddedKafka
import Gate
import HostSystem
import Value

/// `sluice repl`: a read-only prompt on clusters, on a terminal or fed by a pipe.
struct ReplCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform() async throws(AgentError) -> ExitCode {
        let request: RunRequest
        do {
            request = try RunOptions.prompt(options, argv: context.argv)
        } catch {
            throw error.agentError
        }
        guard request.isEmbedded else { return try await prompt(request) }
        return try await DemoClusters.served(nil, clock: context.environment.clock) { clusters in
            var (clusters, request) = (clusters, request)
            do throws(AgentError) {
                try clusters.cutOver()
                request.source.bootstrap = clusters.source.bootstrap()
                request.target.bootstrap = clusters.target.bootstrap()
                return .success(try await prompt(request))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private func prompt(_ request: RunRequest) async throws(AgentError) -> ExitCode {
        let console = context.console
        let patience = options.duration(.gateTimeout) ?? .seconds(60)
        let host = context.environment.host
        let isInteractive =
            Terminal.input.isTerminal && Terminal.errors.isTerminal && Terminal.canRedraw(host.variable)
        return try await context.agent.prompt(request, warn: { console.say("warning: \($0)") }) { prompt in
            guard isInteractive else { return await ReplScript(console: console, patience: patience).run(prompt) }
            let terminal = ReplTerminal(console: console, patience: patience, history: ReplHistory(host.variable))
            return await terminal.run(prompt, recalled: terminal.history.load(host))
        }
    }
}

/// What both forms of the prompt do with an entry.
enum ReplOutput {
    /// Writes what came of an entry; nil: go on.
    ///
    /// That nobody can be written to says more than that the entry failed.
    static func show(_ reply: PromptReply, _ console: Console) -> ExitCode? {
        do throws(AgentError) {
            if !reply.checks.isEmpty { try console.print(reply.checks) }
            for value in reply.results { try console.print(ReplText.lines(value)) }
        } catch {
            console.say(error.message)
            return error.exitCode
        }
        guard let error = reply.error else { return nil }
        console.say(error)
        return .fail
    }

    /// Writes lines; nil: go on.
    static func show(_ lines: [String], _ console: Console) -> ExitCode? {
        do throws(AgentError) {
            try console.print(lines)
            return nil
        } catch {
            console.say(error.message)
            return error.exitCode
        }
    }

    /// A line that begins with a colon: what to show; nil for `:quit`.
    static func command(_ line: String) -> Result<[String], UsageError>? {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case ":quit", ":q": return nil
        case ":help", ":h": return .success(ReplText.help)
        case ":doc" where words.count == 1:
            return .success(
                TextTable.lines(Primitive.all.map { [":" + $0.name, TextWidth.shortened($0.summary, to: 80)] }))
        case ":doc":
            let name = words[1].hasPrefix(":") ? String(words[1].dropFirst()) : words[1]
            if let primitive = Primitive.all.first(where: { $0.name == name }) {
                return .success(ReplText.page(primitive))
            }
            let near = NearestName.nearestName(to: name, among: Primitive.all.map(\.name))
            return .failure(UsageError("no primitive '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "")))
        default:
            return .failure(UsageError("no command \(words.first ?? ":"); :help shows them"))
        }
    }
}

import Agent

/// `sluice plan`: what a run would do, without contact.
struct PlanCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform(_ words: [String]) async throws(AgentError) -> ExitCode {
        let prepared = try await context.agent.prepare(try request(words))
        if options.flag(.json) {
            try context.console.print(json: [PlanJSON(prepared, options).value])
        } else {
            try context.console.print(PlanPage(prepared, options).lines)
            for warning in prepared.warnings { context.console.say("warning: \(warning)") }
        }
        return .pass
    }

    private func request(_ words: [String]) throws(AgentError) -> RunRequest {
        do {
            return try RunOptions.request(.plan, words: words, options: options, argv: context.argv)
        } catch {
            throw error.agentError
        }
    }
}

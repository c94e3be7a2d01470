import Agent

/// `sluice doc`: the page of a gate, or what gates may call.
struct DocCommand {
    let context: CommandContext

    func perform(_ gate: String?, options: ParsedOptions) async throws(AgentError) -> ExitCode {
        let wanted = [gate != nil, options.flag(.api), options.flag(.luacats)].count { $0 }
        guard wanted == 1 else {
            throw UsageError("doc needs exactly one of GATE, --api and --luacats", of: .doc).agentError
        }
        if let gate {
            try context.console.print(GatePage(try await context.agent.gate(gate)).lines)
        } else {
            try context.console.print(text: options.flag(.api) ? Agent.apiDoc() : Agent.luaCATS())
        }
        return .pass
    }
}

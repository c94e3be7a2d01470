import Agent
import Value

/// `sluice version`.
struct VersionCommand {
    let context: CommandContext

    func perform(json: Bool) throws(AgentError) -> ExitCode {
        guard json else {
            let platform = "\(ToolVersion.os)/\(ToolVersion.arch)"
            try context.console.print(["sluice \(ToolVersion.number) (\(Agent.luaVersion), \(platform))"])
            return .pass
        }
        let limits = Agent.limits.map { (ByteString($0.name), Value.integer($0.value)) }
        try context.console.print(json: [
            [
                "name": "sluice", "version": .text(ToolVersion.number), "lua": .text(Agent.luaVersion),
                "os": .text(ToolVersion.os), "arch": .text(ToolVersion.arch),
                "features": .list(ToolVersion.features.map { .text($0) }),
                "limits": .map(Dictionary(limits, uniquingKeysWith: { _, last in last })),
            ]
        ])
        return .pass
    }
}

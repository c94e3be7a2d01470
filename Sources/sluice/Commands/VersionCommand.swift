import Agent
import Value

/// `sluice version`.
struct VersionCommand {
    let context: CommandContext

    func perform(json: Bool) throws(AgentError) -> ExitCode {
        guard json else {
            let platform = "\(Agent.operatingSystem)/\(Agent.architecture)"
            try context.console.print(["sluice \(ToolVersion.number) (\(Agent.luaVersion), \(platform))"])
            return .pass
        }
        let limits = Agent.limits.map { (ByteString($0.name), Value.integer($0.value)) }
        try context.console.print(json: [
            [
                "name": "sluice", "version": .text(ToolVersion.number),
                "commit": ToolVersion.commit.map { .text($0) } ?? .null,
                "lua": .text(Agent.luaVersion),
                "os": .text(Agent.operatingSystem), "arch": .text(Agent.architecture),
                "features": .list(ToolVersion.features.map { .text($0) }),
                "limits": .map(Dictionary(limits, uniquingKeysWith: { _, last in last })),
            ]
        ])
        return .pass
    }
}

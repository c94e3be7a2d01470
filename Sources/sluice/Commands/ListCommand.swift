import Agent
import Gate
import Value

/// `sluice list`: gates that can be found, one a line.
struct ListCommand {
    let context: CommandContext

    func perform(_ words: [String], json: Bool) async throws(AgentError) -> ExitCode {
        let gates = try await context.agent.gates(matching: words)
        if json {
            try context.console.print(json: gates.map(Self.value))
            return .pass
        }
        var rows: [[String]] = []
        for gate in gates {
            switch gate.manifest {
            case .success(let manifest):
                let sides = manifest.clusters.map(ClusterText.of).joined(separator: ",")
                rows.append([
                    manifest.name, manifest.phase.rawValue, manifest.severity.rawValue, sides, manifest.summary,
                ])
            case .failure(let error): context.console.say("warning: not a gate: \(error)")
            }
        }
        if rows.isEmpty { context.console.say("no gates found in ./gates, SLUICE_GATES or ../share/sluice/gates") }
        try context.console.print(TextTable.lines(rows))
        return .pass
    }

    private static func value(_ gate: FoundGate) -> Value {
        switch gate.manifest {
        case .success(let manifest):
            [
                "path": .text(gate.path), "name": .text(manifest.name), "summary": .text(manifest.summary),
                "phase": .text(manifest.phase.rawValue), "severity": .text(manifest.severity.rawValue),
                "tags": .list(manifest.tags.map { .text($0) }),
                "clusters": .list(manifest.clusters.map { .text(ClusterText.of($0)) }),
                "effects": .list(manifest.effects.map { .text($0.rawValue) }),
                "args": .list(manifest.arguments.map { .text($0.name) }),
            ]
        case .failure(let error): ["path": .text(gate.path), "error": .text("\(error)")]
        }
    }
}

/// A cluster that a gate reads, in a word.
enum ClusterText {
    static func of(_ use: ClusterUse) -> String {
        switch use {
        case .side(let side): side.rawValue
        case .argument(let name): "args.\(name)"
        }
    }
}

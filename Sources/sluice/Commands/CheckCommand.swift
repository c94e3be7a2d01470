import Agent
import GateTesting
import Value

/// `sluice check`: what is wrong with gates, their tests and plans, without contact.
struct CheckCommand {
    let context: CommandContext

    func perform(_ paths: [String], options: ParsedOptions) async throws(AgentError) -> ExitCode {
        let json = options.flag(.json)
        guard options.flag(.codes) != !paths.isEmpty else {
            throw UsageError("check needs FILE... or --codes", of: .check).agentError
        }
        if options.flag(.codes) { return try codes(json: json) }
        let findings = try await context.agent.check(paths, tests: .world)
        if json {
            try context.console.print(json: findings.map(Self.value))
        } else {
            for finding in findings { context.console.tell(context.console.clean(Self.line(finding)) + "\n") }
        }
        return findings.contains { $0.level == .error } ? .badInput : .pass
    }

    /// Every code with its level and meaning.
    private func codes(json: Bool) throws(AgentError) -> ExitCode {
        if json {
            try context.console.print(
                json: LintRule.allCases.map {
                    ["code": .text($0.code), "level": .text($0.level.rawValue), "meaning": .text($0.meaning)]
                })
        } else {
            try context.console.print(
                TextTable.lines(LintRule.allCases.map { [$0.code, $0.level.rawValue, $0.meaning] }))
        }
        return .pass
    }

    /// In the form that editors and CI systems recognise.
    static func line(_ finding: CheckFinding) -> String {
        let place = finding.line.map { "\(finding.path):\($0)" } ?? finding.path
        let hint = finding.hint.map { "; \($0)" } ?? ""
        return "\(place): \(finding.level.rawValue): \(finding.message)\(hint) [\(finding.code)]"
    }

    private static func value(_ finding: CheckFinding) -> Value {
        var entries: [ByteString: Value] = [
            "level": .text(finding.level.rawValue), "path": .text(finding.path), "code": .text(finding.code),
            "message": .text(finding.message),
        ]
        entries["line"] = finding.line.map { .integer(Int64($0)) }
        entries["hint"] = finding.hint.map { .text($0) }
        return .map(entries)
    }
}

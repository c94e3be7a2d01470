import Agent
import Gate
import Value

/// `sluice new`: a gate and its test, to be filled in.
struct NewCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform(_ name: String) async throws(AgentError) -> ExitCode {
        try await check(name)
        let folder = options.text(.folder) ?? "."
        let stem = (folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/") + name
        let (gate, test) = (stem + ".lua", stem + "_test.lua")
        for path in [gate, test] where NewFile.exists(path) {
            throw AgentError(.cannotCreate, "\(path): is there already, and is not overwritten")
        }
        try NewFile.write(GateTemplate.gate(name, phase: options.text(.phase) ?? Phase.preflight.rawValue), to: gate)
        do throws(AgentError) {
            try NewFile.write(GateTemplate.test(name), to: test)
        } catch {
            // Half of it would be in the way of the next attempt.
            NewFile.remove(gate)
            throw error
        }
        try context.console.print(
            TextTable.lines([
                [gate, "the gate: measure something, check it, and say in summary and doc what a pass proves"],
                [test, "its test, which fails until the gate has a check"],
            ]))
        return .pass
    }

    private func check(_ name: String) async throws(AgentError) {
        guard NameRule.allows(ByteString(name)) else {
            throw UsageError("\"\(name)\" is no name of a gate: \(NameRule.words)", of: .new).agentError
        }
        if ["and", "or", "not"].contains(name) {
            throw AgentError(.badInput, "\(name) is a word of selectors, and no name of a gate")
        }
        if name.hasSuffix("_test") {
            let gate = name.dropLast("_test".count)
            throw AgentError(.badInput, "\(name).lua would be taken for the test of \(gate).lua; choose another name")
        }
        for gate in try await context.agent.gates(matching: []) {
            guard case .success(let manifest) = gate.manifest, manifest.name == name else { continue }
            throw AgentError(.badInput, "there is a gate \(name) already: \(gate.path)")
        }
    }
}

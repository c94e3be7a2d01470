import Gate
import KafkaClient
import LuaKit
import Value

/// What `sluice check` has to say of a plan whose keys are right: all that `plan` and `run` would refuse of it, and what
/// they would not use.
///
/// Client configurations that it names are left to them: they may be on another machine.
struct PlanCheck {
    let environment: AgentEnvironment
    let plan: Plan
    let lines: KeyLines

    func findings() async throws(AgentError) -> [CheckFinding] {
        clusters() + contracts() + (try await gates())
    }

    private func finding(_ rule: LintRule, _ path: String, _ fact: String, hint: String? = nil) -> CheckFinding {
        CheckFinding(rule, plan.file, line: lines.line(of: path), "\(path): \(fact)", hint: hint)
    }

    // MARK: Clusters

    private func clusters() -> [CheckFinding] {
        var findings: [CheckFinding] = []
        for (key, cluster) in [("source", plan.source), ("target", plan.target)] {
            guard let cluster else { continue }
            findings += address(of: cluster, key)
            for (name, value) in [("registry", cluster.registry), ("connect", cluster.connect)] where value != nil {
                findings.append(finding(.unusedSetting, "\(key).\(name)", "nothing uses it yet"))
            }
        }
        return findings
    }

    private func address(of cluster: PlanCluster, _ key: String) -> [CheckFinding] {
        let text = cluster.bootstrap.joined(separator: ",")
        // What a reference stands for, only the machine of the run knows.
        guard !text.isEmpty, !text.contains("${") else { return [] }
        do throws(ConfigError) {
            _ = try HostPort.list(text)
            return []
        } catch {
            return [finding(.plan, "\(key).bootstrap", error.message, hint: error.hint)]
        }
    }

    // MARK: Contracts

    /// Gates of users may read any fact of a contract: one that is near to a known one is only likely to be misspelt.
    private func contracts() -> [CheckFinding] {
        plan.misspeltFacts.map { finding(.misspeltFact, $0.path, "\($0.reason)", hint: $0.hint) }
    }

    // MARK: Gates

    private func gates() async throws(AgentError) -> [CheckFinding] {
        guard !plan.gates.isEmpty else {
            return [
                CheckFinding(
                    .noGate, plan.file, line: lines.line(of: "gates"), "the plan names no gate",
                    hint: "it runs only with gates named on the command line")
            ]
        }
        let shelf = try await GateShelf(environment, of: plan)
        var findings: [CheckFinding] = []
        var found: [(index: Int, gate: EffectiveArguments.Gate)] = []
        for (index, entry) in plan.gates.enumerated() {
            do throws(GateError) {
                let manifest = try shelf.gate(of: entry).manifest
                found.append(
                    (index, EffectiveArguments.Gate(id: entry.id, name: manifest.name, specs: manifest.arguments)))
            } catch {
                findings.append(finding(.plan, "gates[\(index + 1)].gate", error.withoutHint, hint: error.hint))
            }
        }
        return findings + (try await arguments(of: found))
    }

    private func arguments(
        of gates: [(index: Int, gate: EffectiveArguments.Gate)]
    ) async throws(AgentError) -> [CheckFinding] {
        let plan = plan
        let mistakes: [[GateError]]?
        do throws(LuaFailure) {
            // Patterns of arguments are Lua's, so this needs a Lua thread.
            mistakes = try await LuaThread.run(until: .now + .seconds(30)) {
                let patterns = LuaPatterns()
                return gates.map {
                    EffectiveArguments.mistakes(
                        in: plan.gates[$0.index].arguments, of: $0.gate, matching: patterns.matches)
                }
            }
        } catch {
            throw AgentError(.software, "\(error)")
        }
        guard let mistakes else { throw AgentError(.badInput, "\(plan.file): the arguments do not come to an end") }
        return zip(gates, mistakes).flatMap { gate, errors in
            errors.map { error in
                let rule: LintRule = error.reason == .missing ? .missingArgument : .plan
                return finding(rule, "gates[\(gate.index + 1)].\(error.path)", "\(error.reason)", hint: error.hint)
            }
        }
    }
}

extension GateError {
    /// The file that is meant, if it is another one, and the fact.
    fileprivate var withoutHint: String {
        "\(GateError(reason, file: file, gate: gate, path: path))"
    }
}

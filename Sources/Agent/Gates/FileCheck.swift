import Gate
import HostSystem
import LuaKit
import Value

/// What `sluice check` has to say of a file.
package struct CheckFinding: Sendable {
    package enum Level: String, Sendable { case error, warning }

    package let level: Level
    package let path: String
    /// Nil where the file as a whole is meant, or the place is a key path.
    package let line: Int?
    /// That of a ``LintRule``.
    package let code: String
    package let message: String
    package let hint: String?

    init(_ rule: LintRule, _ path: String, line: Int? = nil, _ message: String, hint: String? = nil) {
        level = rule.level
        self.path = path
        self.line = line
        code = rule.code
        self.message = message
        self.hint = hint
    }
}

extension Agent {
    /// Checks gates and plans without opening a socket: a file that returns `run` is a gate, any other a plan.
    ///
    /// The gates of a plan are looked for as a run would look for them, from here.
    ///
    /// `tests`: What tests can reach; with it, `x_test.lua` beside `x.lua` is checked as a test.
    package func check(_ paths: [String], tests: TestApi? = nil) async throws(AgentError) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        for path in paths {
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try environment.host.read(path, 1 << 20)
            } catch {
                if error.reason == .missing { throw AgentError(.missingFile, "\(error)") }
                findings.append(CheckFinding(.unreadable, path, error.words))
                continue
            }
            if path.hasSuffix(".json") {
                findings += try await checkJSON(bytes, path)
            } else {
                findings += try await checkLua(bytes, path, isTest(path) ? tests : nil)
            }
        }
        return findings
    }

    private func isTest(_ path: String) -> Bool {
        let suffix = "_test.lua"
        guard path.hasSuffix(suffix) else { return false }
        return (try? environment.host.read(path.dropLast(suffix.count) + ".lua", GateFinder.fileLimit)) != nil
    }

    private static func finding(
        _ rule: LintRule, _ error: GateError, _ path: String, _ lines: KeyLines
    ) -> CheckFinding {
        CheckFinding(rule, path, line: lines.line(of: error.path), error.factWithPath, hint: error.hint)
    }

    private func checkJSON(_ bytes: [UInt8], _ path: String) async throws(AgentError) -> [CheckFinding] {
        let value: Value
        do throws(JSONError) {
            value = try JSONReader.read(bytes)
        } catch {
            if case .text(let line, let column) = error.place {
                return [CheckFinding(.syntax, path, line: line, "column \(column): \(error.reason)")]
            }
            return [CheckFinding(.syntax, path, "\(error)")]
        }
        return try await check(plan: value, bytes, path)
    }

    private func check(
        plan value: Value, functions: [ByteString] = [], _ bytes: [UInt8], _ path: String
    ) async throws(AgentError) -> [CheckFinding] {
        let lines = KeyLines(plan: bytes, path: path)
        if let name = functions.first.map({ "\($0)" }) {
            let fact = "\(name): is a function; a plan is data alone"
            return [CheckFinding(.plan, path, line: lines.line(of: name), fact)]
        }
        let plan: Plan
        do throws(GateError) {
            plan = try Plan(value, file: path)
        } catch {
            return [Self.finding(.plan, error, path, lines)]
        }
        return try await PlanCheck(environment: environment, plan: plan, lines: lines).findings()
    }

    /// What a Lua file turned out to be.
    private enum LuaContents: Sendable {
        case plan(LuaModule)
        case other([CheckFinding])
    }

    private func checkLua(
        _ bytes: [UInt8], _ path: String, _ tests: TestApi?
    ) async throws(AgentError) -> [CheckFinding] {
        switch try await Self.contents(bytes, path, tests) {
        case .plan(let module): try await check(plan: module.data, functions: module.functions, bytes, path)
        case .other(let findings): findings
        }
    }

    private static func contents(
        _ bytes: [UInt8], _ path: String, _ tests: TestApi?
    ) async throws(AgentError) -> LuaContents {
        let contents: LuaContents?
        do throws(LuaFailure) {
            contents = try await LuaThread.run(until: .now + .seconds(30)) {
                let module: LuaModule
                do throws(LuaFailure) {
                    var limits = LuaLimits()
                    limits.sourceBytes = PlanReader.limit
                    module = try LuaHost(limits: limits).load(source: bytes, name: LuaFile.name(of: path))
                } catch {
                    return .other([CheckFinding(.syntax, path, line: error.place?.line, "\(error)")])
                }
                if let tests { return .other(check(tests: module, bytes, path, tests)) }
                guard module.functions.contains("run") else { return .plan(module) }
                return .other(check(gate: module, bytes, path, KeyLines(bytes, isJSON: false)))
            }
        } catch {
            throw AgentError(.software, "\(error)")
        }
        return contents ?? .other([CheckFinding(.syntax, path, "the file does not come to an end")])
    }

    private static func check(
        tests module: LuaModule, _ bytes: [UInt8], _ path: String, _ tests: TestApi
    ) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        if case .map(let entries) = module.data, let stranger = entries.keys.min() {
            findings.append(CheckFinding(.testFile, path, "'\(stranger)' is no function; a test is one"))
        } else if module.functions.isEmpty {
            findings.append(
                CheckFinding(.testFile, path, "there is no test in it", hint: "return functions, by what they show"))
        }
        do throws(LuaFailure) {
            return findings + (try GateLint.findings(ofTests: bytes, path, tests))
        } catch {
            return findings + [CheckFinding(.syntax, path, "\(error)")]
        }
    }

    private static func check(
        gate module: LuaModule, _ bytes: [UInt8], _ path: String, _ lines: KeyLines
    ) -> [CheckFinding] {
        guard bytes.count <= GateFinder.fileLimit else {
            return [CheckFinding(.manifest, path, "a gate has at most \(GateFinder.fileLimit) bytes")]
        }
        var findings: [CheckFinding] = []
        var manifest: GateManifest?
        do throws(GateError) {
            manifest = try GateManifest(
                module.data, functions: module.functions, file: path, matching: LuaPatterns().matches)
        } catch {
            findings.append(finding(.manifest, error, path, lines))
        }
        do throws(LuaFailure) {
            return findings + (try GateLint.findings(bytes, path, manifest: manifest, lines: lines))
        } catch {
            return findings + [CheckFinding(.syntax, path, "\(error)")]
        }
    }
}

extension LuaFailure {
    fileprivate var place: LuaPlace? {
        switch self {
        case .syntax(_, let place), .script(_, let place, _): place
        default: nil
        }
    }
}

extension GateError {
    /// The fact with its key path, without the file.
    fileprivate var factWithPath: String { path.isEmpty ? "\(reason)" : "\(path): \(reason)" }
}

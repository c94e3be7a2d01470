import Evidence
import Gate
import KafkaClient
import LuaKit
import Secrets
import Transport
import Value

/// What a script can reach, told by those who offer it: the context of a gate without clusters, the sandbox, and the
/// registry of primitives.
///
/// Belongs to a Lua thread, as the sandbox that it asks does.
final class GateApi {
    /// What `ctx` has: nil for a value or function, the names in it for a namespace.
    let members: [String: Set<String>?]
    /// Those members of `ctx` that are called with a colon.
    let methods: Set<String>
    let checks: Set<String>
    private let sandbox: LuaHost
    private var globals: [ByteString: String?] = [:]

    private static let source = """
        return {
          global = function(name)
            local ok, problem = pcall(function() return _ENV[name] end)
            return ok, problem
          end,
          member = function(library, name) return _ENV[library][name] ~= nil end,
        }
        """

    init() throws(LuaFailure) {
        sandbox = try LuaHost()
        _ = try sandbox.load(source: Array(Self.source.utf8), name: "api")
        let host = try LuaHost()
        var members: [String: Set<String>?] = [:]
        var methods: Set<String> = []
        if let session = Self.emptySession(),
            case .record(let entries, _) = try ScriptContext(session: session, host: host).reply()
        {
            for (name, value) in entries {
                switch value {
                case .record(let inner, _): members[name.description] = Set(inner.map { $0.name.description })
                case .function:
                    members[name.description] = .some(nil)
                    methods.insert(name.description)
                default: members[name.description] = .some(nil)
                }
            }
        }
        for side in ClusterSide.allCases { members[side.rawValue] = .some(nil) }
        for question in Primitive.comparisons + Primitive.mirrorMaker {
            let space = String(question.name.prefix { $0 != "." })
            members[space] = (members[space] ?? []).map { $0.union([question.shortName]) } ?? [question.shortName]
        }
        self.members = members
        self.methods = methods
        checks = Set(SubjectClass.checks.map(\.description))
    }

    /// What subjects have.
    var subjectMethods: Set<String> { checks.union(["unknown"]) }

    /// A session of no gate, without clusters: never run, only asked for its context.
    private static func emptySession() -> GateSession? {
        let manifest: Value = ["name": "lint", "summary": "-", "phase": "preflight"]
        let functions: [ByteString] = ["run"]
        do {
            let patterns: PatternMatcher = { _, _ in nil }
            let read = try GateManifest(manifest, functions: functions, file: "lint", matching: patterns)
            let arguments = try EffectiveArguments.resolve(
                EffectiveArguments.Gate(id: "lint", name: "lint", specs: []), matching: patterns)
            let file = GateFile(path: "lint", source: [], digest: "", manifest: read)
            let step = PreparedRun.Step(
                id: "lint", file: file, arguments: arguments, needs: [], isNamed: false, sides: [])
            return GateSession(
                step: step, connections: ClusterConnections.none, mapping: try TopicMapping(), declared: .map([:]),
                earlier: .none, deadline: .after(.seconds(1)), log: .nowhere, clock: RunClock(.system), time: .real,
                secrets: SecretRegistry())
        } catch {
            return nil
        }
    }

    // MARK: The sandbox

    /// What is wrong with a global name: nil where the sandbox has it.
    func problem(ofGlobal name: ByteString) -> String? {
        if let known = globals[name] { return known }
        var problem: String?
        let answer = asked("global", [name])
        if answer.count == 2, answer[0].plain == .bool(false), case .string(let message)? = answer[1].plain {
            problem = Self.withoutPlace(message.description)
        }
        globals[name] = .some(problem)
        return problem
    }

    func library(_ library: String, has name: ByteString) -> Bool {
        asked("member", [ByteString(library), name]).first?.plain != .bool(false)
    }

    private func asked(_ question: String, _ names: [ByteString]) -> [LuaArgument] {
        do throws(LuaFailure) {
            return try sandbox.results(
                of: question, with: names.map { .value(.string($0)) }, until: .now + .seconds(5))
        } catch {
            return []
        }
    }

    /// `api:3: undeclared name 'x'` without what says where the question stood.
    private static func withoutPlace(_ message: String) -> String {
        let bytes = Array(message.utf8)
        guard let colon = bytes.indices.first(where: { bytes[$0...].starts(with: ": ".utf8) }) else { return message }
        return String(decoding: bytes[(colon + 2)...], as: UTF8.self)
    }
}

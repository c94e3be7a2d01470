import Gate
import LuaSyntax
import Value

/// Follows what a gate does with its context, its clusters and their rows, without running it.
///
/// Types flow from `run`'s parameter through variables, parameters and results of the file's functions until nothing
/// changes any more; what cannot be followed is `any`, of which nothing is said. Only the last pass reports.
struct GateInference {
    struct Report {
        let rule: LintRule
        let line: Int
        let message: String
        var hint: String?
    }

    /// Types only ever rise, so that a few passes suffice; a file that needs more is followed no further.
    private static let passLimit = 24

    let chunk: LuaChunk
    let api: GateApi
    /// Nil where it is wrong: then nothing is said of what it declares.
    let manifest: GateManifest?
    /// Of a file of tests; nil for a gate.
    let tests: TestApi?

    var locals: [LintType]
    var results: [LintType]
    private var hasChanged = false
    private(set) var isReporting = false
    private(set) var reports: [Report] = []
    /// The function whose body is being looked at.
    var current = 0
    /// Whether what is being looked at can never be reached.
    var isDead = false

    /// The function that is the gate's `run`; nil where it is not written where it can be seen.
    var run: Int?
    var calls: [Int: Set<Int>] = [:]
    /// Functions with a check in them.
    var checking: Set<Int> = []
    var readLocals: Set<Int> = []
    /// What a local was declared with, where that is a call whose result matters.
    var origins: [Int: LintRule] = [:]
    var usedArguments: Set<String> = []
    var usedSides: Set<ClusterSide> = []
    var usesAllArguments = false
    var usesAllSides = false

    init(_ chunk: LuaChunk, api: GateApi, manifest: GateManifest?, tests: TestApi? = nil) {
        self.tests = tests
        self.chunk = chunk
        self.api = api
        self.manifest = manifest
        locals = Array(repeating: .never, count: chunk.locals.count)
        results = Array(repeating: .never, count: chunk.functions)
    }

    mutating func follow() {
        for _ in 0..<Self.passLimit {
            hasChanged = false
            pass()
            if !hasChanged { break }
        }
        // A file that does not come to rest: nothing is known of its variables.
        if hasChanged { locals = locals.map { _ in .any } }
        isReporting = true
        pass()
    }

    private mutating func pass() {
        current = 0
        isDead = false
        _ = block(chunk.main.body)
    }

    /// The functions that `run` comes to, itself included.
    var reachable: Set<Int> {
        guard let run else { return [] }
        // What the file itself puts somewhere when it is loaded may be called from anywhere.
        var found: Set<Int> = [run, chunk.main.id]
        var next = Array(found)
        while let function = next.popLast() {
            for callee in calls[function] ?? [] where found.insert(callee).inserted { next.append(callee) }
        }
        return found
    }

    // MARK: Flow

    mutating func report(_ rule: LintRule, _ line: Int, _ message: String, hint: String? = nil) {
        guard isReporting else { return }
        reports.append(Report(rule: rule, line: line, message: message, hint: hint))
    }

    mutating func flow(_ type: LintType, into local: Int) {
        let joined = locals[local].joined(type)
        guard joined != locals[local] else { return }
        if joined == .any {
            escape(locals[local])
            escape(type)
        }
        locals[local] = joined
        hasChanged = true
    }

    mutating func flow(_ type: LintType, intoResultOf function: Int) {
        let joined = results[function].joined(type)
        guard joined != results[function] else { return }
        if joined == .any {
            escape(results[function])
            escape(type)
        }
        results[function] = joined
        hasChanged = true
    }

    /// A value goes where it cannot be followed.
    mutating func escape(_ type: LintType) {
        switch type {
        case .function(let id):
            calls[current, default: []].insert(id)
            for (local, found) in chunk.locals.enumerated() where found.function == id && found.kind == .parameter {
                flow(.any, into: local)
            }
        case .arguments: usesAllArguments = true
        case .context: (usesAllArguments, usesAllSides) = (true, true)
        default: break
        }
    }

    // MARK: Functions

    /// Looks at a function where it is written.
    mutating func function(_ function: LuaFunction) -> LintType {
        let (outer, wasDead) = (current, isDead)
        (current, isDead) = (function.id, false)
        _ = block(function.body)
        (current, isDead) = (outer, wasDead)
        return .function(function.id)
    }

    /// A call of a function of the file, whose parameters are known by their owner and order.
    mutating func call(_ id: Int, _ arguments: [LintType]) -> LintType {
        if !isDead { calls[current, default: []].insert(id) }
        let parameters = chunk.locals.indices.filter {
            chunk.locals[$0].function == id && [.parameter, .`self`].contains(chunk.locals[$0].kind)
        }
        for (index, parameter) in parameters.enumerated() {
            flow(index < arguments.count ? arguments[index] : .none, into: parameter)
        }
        for extra in arguments.dropFirst(parameters.count) { escape(extra) }
        return results[id]
    }
}

import Agent
import Gate
import LuaKit
import Value

/// `world`, as the functions of a test file get it: two clusters to build, a clock, and the gate to run.
///
/// Belongs to the script's thread.
final class WorldScript {
    /// A run that passed: what mutation starts from.
    struct Passed: Sendable {
        let world: World
        let setup: RunSetup
        let report: RunReport
        /// Of the call, as `file.lua:31`.
        let place: String
    }

    private(set) var passed: [Passed] = []
    /// Verdicts that were asked for; a test without any has tested nothing.
    var expectations = 0

    private unowned let host: LuaHost
    private let run: (World, RunSetup) throws(WorldError) -> GateRun.Outcome
    private var world = World()
    /// What each run has written, by the name that its result gives.
    private var evidence: [String: [UInt8]] = [:]
    /// When things happen that objects of ``at(_:)`` are told; the object's handle is the place in this list.
    private var times: [Int64?] = [nil]
    private var kinds: [ClusterSide: LuaObjectKind] = [:]

    init(_ host: LuaHost, run: @escaping (World, RunSetup) throws(WorldError) -> GateRun.Outcome) {
        self.host = host
        self.run = run
    }

    /// Methods besides those of the clusters, for editors.
    static let methods: [ScriptMethod] = [
        RunSetup.method,
        ScriptMethod(
            "at", [.init("time", "string|integer", "From now on, such as `90s`.")],
            returns: "sluice.test.Moment moment",
            "A later moment, at which something happens while the gate runs: `world:at(\"2m\").source:append(…)`."),
    ]
    static let clockMethods: [ScriptMethod] = [
        ScriptMethod(
            "advance", [.init("time", "string|integer", "Such as `5m`.")],
            "Lets time pass, and retention take what is due."),
        ScriptMethod("now_ms", [], returns: "integer ms Since 1970.", "What time it is in the world."),
    ]

    func reply() throws(LuaFailure) -> LuaReply {
        for side in ClusterSide.allCases { kinds[side] = try define(side) }
        var entries = clusters(at: 0)
        entries.append(("run", function { call throws(WorldError) in try self.runGate(call) }))
        entries.append(("at", function { call throws(WorldError) in try self.at(call) }))
        let clock: [(name: ByteString, value: LuaReply)] = [
            ("advance", function { call throws(WorldError) in try self.advance(call) }),
            ("now_ms", function { _ throws(WorldError) in .value(.integer(self.world.nowMs)) }),
        ]
        entries.append(("clock", .record(clock, strictName: "world.clock")))
        return .record(entries, strictName: "world")
    }

    private func clusters(at time: Int) -> [(name: ByteString, value: LuaReply)] {
        ClusterSide.allCases.compactMap { side in
            kinds[side].map { (ByteString(side.rawValue), .object(LuaObject(kind: $0, handle: UInt64(time)))) }
        }
    }

    // MARK: Clusters

    private func define(_ side: ClusterSide) throws(LuaFailure) -> LuaObjectKind {
        let methods = ClusterMethod.all.map { method in
            (
                name: ByteString(method.method.name),
                function: host.register { [unowned self] call throws(LuaRaise) in
                    [.value(try Self.raising { () throws(WorldError) in try self.change(method, side, call) })]
                }
            )
        }
        return try host.define(class: ByteString(side.rawValue), methods: methods)
    }

    private func change(_ method: ClusterMethod, _ side: ClusterSide, _ call: LuaCall) throws(WorldError) -> Value {
        guard case .object(let object)? = call.arguments.first, kinds[side] == object.kind,
            let index = Int(exactly: object.handle), times.indices.contains(index)
        else { throw WorldError("call it with a colon: world.\(side.rawValue):\(method.method.name)(…)") }
        let change = try method.change(try Self.arguments(method.method, call))
        guard let time = times[index] else { return try change(&world[side]) }
        world.events.append(
            World.Event(atMs: time, side: side) { side throws(WorldError) in _ = try change(&side) })
        return .null
    }

    // MARK: Methods of world

    private func runGate(_ call: LuaCall) throws(WorldError) -> LuaReply {
        let setup = try RunSetup(try Self.arguments(RunSetup.method, call), evidence: evidence)
        let before = world
        let outcome = try run(before, setup)
        world = outcome.world
        let name = "run-\(evidence.count + 1)"
        evidence[name] = outcome.evidence
        let place = call.place.map { "\($0)" } ?? ""
        if outcome.report.verdict == "pass", setup.otherGate == nil {
            // What was waited for is there at the end: until then a change could be made good by what was to happen.
            let isSustained = setup.wait != nil || setup.watch != nil
            var (base, once) = (isSustained ? outcome.world : before, setup)
            (once.wait, once.hold, once.watch, once.every) = (nil, nil, nil, nil)
            if isSustained { base.events = [] }
            passed.append(Passed(world: base, setup: once, report: outcome.report, place: place))
        }
        return ResultScript(outcome.report, evidence: name, self).reply(host)
    }

    private func at(_ call: LuaCall) throws(WorldError) -> LuaReply {
        let arguments = try Self.arguments(Self.methods[1], call)
        times.append(world.nowMs + (try arguments.milliseconds(0)))
        return .record(clusters(at: times.count - 1), strictName: "a moment")
    }

    private func advance(_ call: LuaCall) throws(WorldError) -> LuaReply {
        let ms = try Self.arguments(Self.clockMethods[0], call).milliseconds(0)
        try world.advance(toMs: world.nowMs + ms)
        return .value(.integer(world.nowMs))
    }

    // MARK: Calls

    private func function(_ body: @escaping (LuaCall) throws(WorldError) -> LuaReply) -> LuaReply {
        .function(
            host.register { call throws(LuaRaise) in [try Self.raising { () throws(WorldError) in try body(call) }] })
    }

    static func raising<R>(_ body: () throws(WorldError) -> R) throws(LuaRaise) -> R {
        do throws(WorldError) {
            return try body()
        } catch {
            throw LuaRaise(ByteString(error.message))
        }
    }

    /// What follows the object of a call, as data.
    static func arguments(_ method: ScriptMethod, _ call: LuaCall) throws(WorldError) -> ScriptArguments {
        var given = call.arguments
        switch given.first {
        case .record?, .object?: given.removeFirst()
        default: throw WorldError("call it with a colon: :\(method.name)(…)")
        }
        var values: [Value] = []
        for argument in given {
            guard let value = argument.plain else { throw WorldError(":\(method.name) takes data alone") }
            values.append(value)
        }
        return try ScriptArguments(method, values)
    }
}

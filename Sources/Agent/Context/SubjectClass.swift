import Gate
import LuaKit
import Transport
import Value

/// Subjects as scripts hold them: `ctx:subject{…}` and the checks on what it returns.
struct SubjectClass {
    /// `ctx:subject{…}`.
    let constructor: LuaReply

    private static let comparisons: [(name: ByteString, op: Comparison)] = [
        ("at_most", .atMost), ("at_least", .atLeast), ("equal", .equal), ("not_equal", .notEqual), ("one_of", .oneOf),
        ("matches", .matches), ("is_true", .isTrue),
    ]

    /// The names of the checks.
    static var checks: [ByteString] { comparisons.map(\.name) }

    init(session: GateSession, host: LuaHost) throws(LuaFailure) {
        let patterns = LuaPatterns(until: session.deadline.instant)
        func method(_ body: @escaping (ScriptCall, SubjectID) throws(LuaRaise) -> Void) -> LuaFunctionID {
            host.register { call throws(LuaRaise) in
                let made = ScriptCall(call, of: session)
                guard case .object(let object)? = call.arguments.first, let index = Int(exactly: object.handle) else {
                    throw made.mistake("call a check with a colon: subject:at_most(…)")
                }
                try body(made, SubjectID(index: index))
                return []
            }
        }
        var methods = Self.comparisons.map { name, op in
            (
                name: name,
                function: method { call, id throws(LuaRaise) in
                    let check = try Self.check(op, call, sampled: session.sampled)
                    try call.ledger { (ledger) throws(GateError) in
                        _ = try ledger.check(check, of: id, matching: patterns.matches)
                    }
                }
            )
        }
        methods.append((name: "unknown", function: method { call, id throws(LuaRaise) in try Self.unknown(call, id) }))
        let kind = try host.define(class: "subject", methods: methods)
        constructor = .function(
            host.register { call throws(LuaRaise) in
                let call = ScriptCall(call, of: session)
                guard let value = call.plain(1), case .map = value else {
                    throw call.mistake("subject takes one table that says what is checked, such as { topic = … }")
                }
                let id = try call.ledger { (ledger) throws(GateError) in try ledger.subject(value, at: call.place) }
                return [.object(LuaObject(kind: kind, handle: UInt64(id.index)))]
            })
    }

    /// `subject:at_most(name, actual, expected[, unit][, facts])`; of `is_true` the expected value, true, may be left out.
    private static func check(
        _ op: Comparison, _ call: ScriptCall, sampled: Gate.Sampled?
    ) throws(LuaRaise) -> Check {
        let name = try call.text(1, "the name of a check")
        var next = 4
        var limit = Gate.Measured.value(.bool(true))
        if op != .isTrue {
            limit = try call.measured(3)
        } else if case .bool(let expected)? = call.plain(3) {
            guard expected else {
                throw call.mistake("is_true expects true; to expect false: equal(name, actual, false)")
            }
        } else {
            next = 3
        }
        // Nil in the place of a unit, or of is_true's expected value, must not hide the facts behind it.
        while call.plain(next) == .null { next += 1 }
        var unit: ByteString?
        if case .string(let text)? = call.plain(next) {
            unit = text
            next += 1
        }
        let actual = try call.measured(2)
        let facts = try call.table(next, "the facts of a check")
        if let surplus = call.plain(next + 1), surplus != .null {
            throw call.mistake("a check takes its name, the values, a unit and then the facts; nothing after these")
        }
        return Check(name, op, actual: actual, limit: limit, unit: unit, facts: facts, at: call.place, sampled: sampled)
    }

    /// `subject:unknown(name, reason[, facts])`, the reason a text or a failed row.
    private static func unknown(_ call: ScriptCall, _ id: SubjectID) throws(LuaRaise) {
        let name = try call.text(1, "the name of a check")
        let cause: Ledger.UnknownCause
        if let key = call.readKey(2) {
            cause = .failedRow(key)
        } else {
            cause = .reason(try call.text(2, "the reason why something is unknown"))
        }
        let facts = try call.table(3, "the facts of a check")
        try call.ledger { (ledger) throws(GateError) in
            try ledger.unknown(name, of: id, because: cause, facts: facts, at: call.place)
        }
    }
}

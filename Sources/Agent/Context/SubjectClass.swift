import Gate
import LuaKit
import Value

/// Subjects as scripts hold them: `ctx:subject{…}` and the checks on what it returns.
struct SubjectClass {
    /// `ctx:subject{…}`.
    let constructor: LuaReply

    init(session: GateSession, host: LuaHost) throws(LuaFailure) {
        let file = LuaFile.name(of: session.step.file.path)
        func method(_ body: @escaping (ScriptCall, SubjectID) throws(LuaRaise) -> Void) -> LuaFunctionID {
            host.register { call throws(LuaRaise) in
                guard case .object(let object)? = call.arguments.first, let index = Int(exactly: object.handle) else {
                    throw LuaRaise("call a check with a colon: subject:at_most(…)")
                }
                try body(ScriptCall(call, file: file), SubjectID(index: index))
                return []
            }
        }
        let comparisons: [(ByteString, Comparison)] = [
            ("at_most", .atMost), ("at_least", .atLeast), ("equal", .equal), ("not_equal", .notEqual),
            ("one_of", .oneOf), ("matches", .matches), ("is_true", .isTrue),
        ]
        var methods: [(name: ByteString, function: LuaFunctionID)] = comparisons.map { name, op in
            (name, method { call, id throws(LuaRaise) in try Self.check(op, call, id, session) })
        }
        methods.append(
            ("unknown", method { call, id throws(LuaRaise) in try Self.unknown(call, id, session) }))
        let kind = try host.define(class: "subject", methods: methods)
        constructor = .function(
            host.register { call throws(LuaRaise) in
                let call = ScriptCall(call, file: file)
                guard let value = call.plain(1), case .map = value else {
                    throw LuaRaise("subject takes one table that says what is checked, such as { topic = … }")
                }
                let id = try call.ledger(session) { (ledger) throws(GateError) in
                    try ledger.subject(value, at: call.place)
                }
                return [.object(LuaObject(kind: kind, handle: UInt64(id.index)))]
            })
    }

    /// `subject:at_most(name, actual, expected[, unit][, facts])`; `is_true` has no expected value.
    private static func check(
        _ op: Comparison, _ call: ScriptCall, _ id: SubjectID, _ session: GateSession
    ) throws(LuaRaise) {
        let name = try call.text(1, "the name of a check")
        var next = 3
        var limit = Gate.Measured.value(.bool(true))
        if op != .isTrue {
            limit = try call.measured(3)
            next = 4
        }
        var unit: ByteString?
        if case .string(let text)? = call.plain(next) {
            unit = text
            next += 1
        } else if call.plain(next) == .null {
            next += 1
        }
        var check = Check(name, op, actual: try call.measured(2), limit: limit, at: call.place)
        check.unit = unit
        check.facts = try call.table(next, "the facts of a check")
        check.sampled = session.sampled
        let made = check
        try call.ledger(session) { (ledger) throws(GateError) in
            _ = try ledger.check(made, of: id, matching: LuaPatterns.matches)
        }
    }

    /// `subject:unknown(name, reason[, facts])`, the reason a text or a failed row.
    private static func unknown(_ call: ScriptCall, _ id: SubjectID, _ session: GateSession) throws(LuaRaise) {
        let name = try call.text(1, "the name of a check")
        let cause: Ledger.UnknownCause
        if let key = call.readKey(2) {
            cause = .failedRow(key)
        } else {
            cause = .reason(try call.text(2, "the reason why something is unknown"))
        }
        let facts = try call.table(3, "the facts of a check")
        try call.ledger(session) { (ledger) throws(GateError) in
            try ledger.unknown(name, of: id, because: cause, facts: facts, at: call.place)
        }
    }
}

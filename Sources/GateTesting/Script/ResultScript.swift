import LuaKit
import Value

/// What `world:run` returns: the verdict, what led to it, and the expectations of the test.
struct ResultScript {
    private let report: RunReport
    private let evidence: String
    private let script: WorldScript

    init(_ report: RunReport, evidence: String, _ script: WorldScript) {
        self.report = report
        self.evidence = evidence
        self.script = script
    }

    private static let subject = ScriptMethod.Parameter(
        "subject", "table<string, any>", optional: true,
        "What the check is about; entries that are left out may be any.")

    static let passes = ScriptMethod("passes", [], "Expects a pass.")
    static let fails = ScriptMethod(
        "fails",
        [
            .init("check", "string", optional: true, "A check that has to be among those that failed."), subject,
            .init(
                "values", "{ actual?: any, limit?: any, facts?: table }", optional: true,
                "What was measured, and against what."),
        ], "Expects a fail, and says by which check.")
    static let inconclusive = ScriptMethod(
        "inconclusive",
        [
            .init("reason", "string", optional: true, "The code of a reason, such as `unreachable`."),
            .init("message", "string", optional: true, "What the message of that reason has in it."),
        ], "Expects that nothing was decided, and says why.")
    static let has = ScriptMethod(
        "has",
        [
            .init("check", "string", "The name of a check."), subject,
            .init(
                "values", "{ ok?: boolean, unknown?: string, actual?: any, limit?: any, facts?: table }",
                optional: true,
                "How it came out; `unknown`: the reason why it could not be judged."),
        ], "Expects a check, whatever the verdict.")
    static let lists = ScriptMethod(
        "lists",
        [
            .init(
                "checks", "sluice.test.Check[]",
                "Every check in the order in which they were made: "
                    + "`{ check = \"lag\", subject = { partition = 0 }, ok = true, actual = 3 }`.")
        ], "Expects these checks and no others.")
    static let notes = ScriptMethod(
        "notes",
        [
            .init("name", "string", "The note's name."),
            .init("facts", "table<string, any>", optional: true, "What it holds; entries left out may be any."),
        ], "Expects a note.")
    static let methods = [passes, fails, inconclusive, has, lists, notes]
    /// What is data of it.
    static let fields = ["verdict", "evidence", "attempts", "held_ms", "reasons", "checks"]

    func reply(_ host: LuaHost) -> LuaReply {
        func method(
            _ method: ScriptMethod, _ body: @escaping (ScriptArguments) throws(WorldError) -> Void
        ) -> (name: ByteString, value: LuaReply) {
            let script = script
            let function = host.register { [unowned script] call throws(LuaRaise) in
                script.expectations += 1
                try WorldScript.raising { () throws(WorldError) in
                    try body(try WorldScript.arguments(method, call))
                }
                return []
            }
            return (ByteString(method.name), .function(function))
        }
        let report = report
        let entries: [(name: ByteString, value: LuaReply)] = [
            ("verdict", .value(.text(report.verdict))),
            ("evidence", .value(.text(evidence))),
            ("attempts", .value(.integer(report.attempts))),
            ("held_ms", .value(report.achievedHoldMs.map { .integer($0) } ?? .null)),
            (
                "reasons",
                .frozen(.list(report.reasons.map { ["code": .text($0.code), "message": .text($0.message)] }))
            ),
            ("checks", .frozen(.list(report.checks.map(\.value)))),
            method(Self.passes) { _ throws(WorldError) in try Self.expect("pass", report) },
            method(Self.fails) { call throws(WorldError) in
                try Self.expect("fail", report)
                guard let name = try call.optionalText(0) else { return }
                let wanted = try CheckPattern(
                    name, subject: call.map(1), values: call.options(2, ["actual", "limit", "facts"]), isOK: false)
                try Self.expect(wanted, report)
            },
            method(Self.inconclusive) { call throws(WorldError) in
                try Self.expect("inconclusive", report)
                guard let code = try call.optionalText(0) else { return }
                let part = try call.optionalText(1) ?? ""
                let isThere = report.reasons.contains { $0.code == code && ByteString($0.message).holds(part) }
                guard !isThere else { return }
                let words = part.isEmpty ? "" : " with \"\(part)\" in its message"
                throw WorldError("expected the reason \(code)\(words)\n" + report.pageOfReasons)
            },
            method(Self.has) { call throws(WorldError) in
                let values = try call.options(2, ["ok", "unknown", "actual", "limit", "facts"])
                try Self.expect(try CheckPattern(try call.text(0), subject: call.map(1), values: values), report)
            },
            method(Self.lists) { call throws(WorldError) in
                var wanted: [CheckPattern] = []
                for item in try call.list(0) { wanted.append(try CheckPattern(item)) }
                try Self.expect(wanted, report)
            },
            method(Self.notes) { call throws(WorldError) in
                let (name, facts) = (try call.text(0), try call.map(1))
                let isThere = report.notes.contains { $0.name == name && $0.facts.fits(.map(facts)) }
                guard !isThere else { return }
                let there = report.notes.map { "    \($0.name) \(PlainText.of($0.facts))\n" }.joined()
                throw WorldError(
                    "expected the note \(name) \(PlainText.of(.map(facts)))\n"
                        + (there.isEmpty ? "  there is no note" : "  notes:\n" + there))
            },
        ]
        return .record(entries, strictName: "result")
    }

    // MARK: Expectations

    private static func expect(_ verdict: String, _ report: RunReport) throws(WorldError) {
        guard report.verdict != verdict else { return }
        throw WorldError("expected \(verdict), got \(report.verdict)\n" + report.page)
    }

    private static func expect(_ wanted: CheckPattern, _ report: RunReport) throws(WorldError) {
        guard !report.checks.contains(where: wanted.fits) else { return }
        throw WorldError("expected a check\n  - \(wanted)\n" + report.pageOfChecks)
    }

    private static func expect(_ wanted: [CheckPattern], _ report: RunReport) throws(WorldError) {
        let isSame =
            wanted.count == report.checks.count && zip(wanted, report.checks).allSatisfy { $0.fits($1) }
        guard !isSame else { return }
        throw WorldError("the checks differ (- expected, + actual)\n" + CheckDifference.lines(wanted, report.checks))
    }
}

import Gate
import Testing
import Value

@Suite("Ledger")
struct LedgerTests {
    private static let at = "lag.lua:7"
    // Not a constant: a leak checker cannot follow the tagged pointers of a Value in a global.
    private static var subject: Value { ["group": "billing", "partition": 3] }

    /// A gate of one subject with one comparison.
    private func outcome(
        _ op: Comparison, _ actual: Value, _ limit: Value, ending: GateEnding = .completed
    ) throws -> GateOutcome {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(
            Check("lag", op, actual: .value(actual), limit: .value(limit), at: Self.at), of: id,
            matching: Fixtures.matching)
        return ledger.finish(ending)
    }

    private func check(_ name: ByteString = "lag", ok: Bool = true, facts: Value? = nil) -> Check {
        Check(name, .isTrue, actual: .value(.bool(ok)), facts: facts, at: Self.at)
    }

    private func codes(_ outcome: GateOutcome) -> [ReasonCode] { outcome.reasons.map(\.code) }

    // MARK: The verdict

    @Test("one subject with one true check passes, with no reasons")
    func pass() throws {
        let outcome = try outcome(.atMost, 3, 3)
        #expect(outcome.verdict == .pass)
        #expect(outcome.reasons.isEmpty)
        #expect(outcome.checks == GateOutcome.Checks(passed: 1, failed: 0, unknown: 0))
        #expect(outcome.subjects == 1)
    }

    @Test("nothing checked is vacuous, not a pass")
    func vacuous() {
        var ledger = Ledger()
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(codes(outcome) == [.vacuous])
    }

    @Test("a note is not a check")
    func noteOnly() throws {
        var ledger = Ledger()
        try ledger.note("seen", facts: ["topics": 3], at: Self.at)
        #expect(codes(ledger.finish(.completed)) == [.vacuous])
    }

    @Test("a subject without a check takes the pass away and is named")
    func unobserved() throws {
        var ledger = Ledger()
        let first = try ledger.subject(["topic": "a"], at: Self.at)
        _ = try ledger.subject(["topic": "b"], at: Self.at)
        try ledger.check(check(), of: first)
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(codes(outcome) == [.unobservedSubject])
        #expect(outcome.reasons.first?.subject == ["topic": "b"])
    }

    @Test("a failed check stays failed, whatever comes after it")
    func stickyFailure() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(check(ok: false), of: id)
        try ledger.check(check(), of: id)
        let outcome = ledger.finish(.scriptError(message: "boom", at: "lag.lua:9"))
        #expect(outcome.verdict == .fail)
        #expect(codes(outcome) == [.checkFailed, .scriptError])
    }

    @Test(
        "a gate that did not come to its own end has not passed",
        arguments: [
            (GateEnding.scriptError(message: "boom", at: nil), ReasonCode.scriptError), (.deadline, .deadline),
            (.memory, .memory), (.interrupted, .interrupted), (.uninterruptible, .uninterruptible),
            (.limit("tape"), .limit), (.unreachable("old-1:9092"), .unreachable),
        ])
    func endings(ending: GateEnding, code: ReasonCode) throws {
        let good = try outcome(.atMost, 1, 3, ending: ending)
        #expect(good.verdict == .inconclusive)
        #expect(codes(good) == [code])
        #expect(try outcome(.atMost, 4, 3, ending: ending).verdict == .fail)
    }

    @Test("an unknown takes the pass away even where all checks are true")
    func unknownAmongPasses() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(check(), of: id)
        try ledger.unknown("decoded", of: id, because: .reason("schemaless"), at: Self.at)
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(codes(outcome) == [.schemaless])
    }

    @Test("only unknowns are not vacuous, but no pass either")
    func onlyUnknown() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.unknown("lag", of: id, because: .reason("no commit on a partition with data"), at: Self.at)
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(codes(outcome) == [.unknownValue])
    }

    @Test("a script cannot say that a check failed by way of an unknown")
    func reservedCode() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.unknown("lag", of: id, because: .reason("check_failed"), at: Self.at)
        #expect(codes(ledger.finish(.completed)) == [.unknownValue])
    }

    @Test("a doubt of the host takes the pass away, not the failure")
    func doubt() throws {
        for (ok, verdict) in [(true, Verdict.inconclusive), (false, .fail)] {
            var ledger = Ledger()
            let id = try ledger.subject(Self.subject, at: Self.at)
            try ledger.check(check(ok: ok), of: id)
            ledger.doubt(.changedUnderfoot, "topic id changed")
            #expect(ledger.finish(.completed).verdict == verdict)
        }
    }

    // MARK: Refusals

    @Test(
        "a refused check that the script swallowed cannot end as a pass",
        arguments: ["", "Lag", "a b", "läg", "a.b", ByteString(String(repeating: "a", count: 65))])
    func refusedName(name: ByteString) throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(check(), of: id)
        #expect(throws: GateError.self) { try ledger.check(check(name, ok: false), of: id) }
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(codes(outcome) == [.scriptError])
    }

    @Test("a subject is a table that is not empty", arguments: [Value.null, [:], [1], "orders", ["x": .number(.nan)]])
    func badSubject(value: Value) throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(check(), of: id)
        #expect(throws: GateError.self) { try ledger.subject(value, at: Self.at) }
        #expect(ledger.finish(.completed).verdict == .inconclusive)
    }

    @Test("a subject beyond the limit is refused, and the gate with it")
    func subjectLimit() throws {
        var limits = Ledger.Limits()
        limits.subjects = 2
        var ledger = Ledger(limits: limits)
        for partition in 0..<2 {
            let id = try ledger.subject(["partition": .integer(Int64(partition))], at: Self.at)
            try ledger.check(check(), of: id)
        }
        #expect(throws: GateError.self) { try ledger.subject(["partition": 2], at: Self.at) }
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(codes(outcome) == [.limit])
    }

    @Test("facts too long, too deep or not finite are refused, but the failed check they came with counts")
    func badFacts() throws {
        var deep: Value = 1
        for _ in 0..<17 { deep = .list([deep]) }
        let long = Value.text(String(repeating: "x", count: 16 * 1024))
        let control = Value.string(ByteString(bytes: [UInt8](repeating: 1, count: 3000)))
        let binary = Value.string(ByteString(bytes: [UInt8](repeating: 0xFF, count: 13_000)))
        let bad: [Value] = [
            ["x": long], ["x": deep], ["x": .number(.infinity)], [1], "text", ["x": control], ["x": binary],
        ]
        for facts in bad {
            var ledger = Ledger()
            let id = try ledger.subject(Self.subject, at: Self.at)
            #expect(throws: GateError.self) { try ledger.check(check(ok: false, facts: facts), of: id) }
            #expect(ledger.finish(.completed).verdict == .fail)
        }
    }

    @Test("facts of 16 levels and just under 16 KiB are kept")
    func goodFacts() throws {
        var deep: Value = 1
        for _ in 0..<15 { deep = .list([deep]) }
        for facts: Value in [["x": deep], ["x": .text(String(repeating: "x", count: 16 * 1024 - 8))]] {
            var ledger = Ledger()
            let id = try ledger.subject(Self.subject, at: Self.at)
            try ledger.check(check(facts: facts), of: id)
            #expect(ledger.finish(.completed).verdict == .pass)
        }
    }

    @Test("an empty table of facts is none")
    func emptyFacts() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(check(facts: [:]), of: id)
        guard case .check(let record)? = ledger.takeRecords().first else {
            Issue.record("no record")
            return
        }
        #expect(record.facts == nil)
    }

    @Test("after its end a ledger takes nothing more and repeats its outcome")
    func closed() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        let first = ledger.finish(.uninterruptible)
        #expect(throws: GateError.self) { try ledger.check(check(), of: id) }
        #expect(throws: GateError.self) { try ledger.subject(Self.subject, at: Self.at) }
        ledger.doubt(.limit, "late")
        #expect(ledger.finish(.completed) == first)
    }

    @Test("a subject of another ledger is refused")
    func foreignSubject() throws {
        var ledger = Ledger()
        #expect(throws: GateError.self) { try ledger.check(check(), of: SubjectID(index: 0)) }
        #expect(throws: GateError.self) { try ledger.check(check(), of: SubjectID(index: -1)) }
    }

    // MARK: Records

    @Test("records come in order, each once")
    func records() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        try ledger.check(
            Check(
                "lag", .atMost, actual: .value(12), limit: .value(0), unit: "records", facts: ["basis": "HW"],
                at: Self.at, sampled: Sampled(fromUs: 1, toUs: 2)), of: id)
        try ledger.note("seen", facts: nil, at: "lag.lua:8")
        try ledger.unknown("lag", of: id, because: .reason("throttled"), at: "lag.lua:9")
        let records = ledger.takeRecords()
        #expect(records.count == 3)
        guard case .check(let check) = records[0], case .note(let note) = records[1],
            case .unknown(let unknown) = records[2]
        else {
            Issue.record("not in order: \(records)")
            return
        }
        #expect(check.subject == Self.subject && check.actual == 12 && check.limit == 0 && check.op == .atMost)
        #expect(check.unit == "records" && !check.ok && check.facts == ["basis": "HW"] && check.at == Self.at)
        #expect(check.sampled == Sampled(fromUs: 1, toUs: 2))
        #expect(note.name == "seen" && note.at == "lag.lua:8")
        #expect(unknown.reason == .throttled && unknown.subject == Self.subject)
        #expect(ledger.takeRecords().isEmpty)
        let outcome = ledger.finish(.completed)
        #expect(outcome.reasons.first?.message == "lag is 12, required <= 0 records")
        #expect(outcome.reasons.first?.at == Self.at)
    }

    @Test("more failures than can be told are counted")
    func manyReasons() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        for _ in 0..<250 { try ledger.check(check(ok: false), of: id) }
        let outcome = ledger.finish(.deadline)
        #expect(outcome.reasons.count == 101)
        #expect(outcome.reasons.last?.message == "and 151 more reasons")
        #expect(outcome.checks.failed == 250)
    }

    @Test("checks without end keep the ledger bounded, and failures are not crowded out by passes")
    func recordBudget() throws {
        var limits = Ledger.Limits()
        limits.recordBytes = 100_000
        var ledger = Ledger(limits: limits)
        let id = try ledger.subject(Self.subject, at: Self.at)
        for _ in 0..<10_000 { try ledger.check(check(), of: id) }
        try ledger.check(check(ok: false), of: id)
        let records = ledger.takeRecords()
        #expect(records.count < 2000)
        guard case .check(let last)? = records.last else {
            Issue.record("no record")
            return
        }
        #expect(!last.ok)
        let outcome = ledger.finish(.completed)
        #expect(outcome.isTruncated)
        #expect(outcome.verdict == .fail)
        #expect(outcome.checks.passed == 10_000)
    }

    @Test("a value too large for evidence is judged all the same and replaced in the record")
    func largeValue() throws {
        var ledger = Ledger()
        let id = try ledger.subject(Self.subject, at: Self.at)
        let long = Value.text(String(repeating: "x", count: 100_000))
        try ledger.check(Check("schema", .equal, actual: .value(long), limit: .value(long), at: Self.at), of: id)
        guard case .check(let record)? = ledger.takeRecords().first else {
            Issue.record("no record")
            return
        }
        #expect(record.ok && record.actual == ["omitted_bytes": 100_000])
    }

    @Test("a hundred thousand subjects with a check each pass")
    func manySubjects() throws {
        var ledger = Ledger()
        for partition in 0..<100_000 {
            let id = try ledger.subject(["partition": .integer(Int64(partition)), "topic": "orders"], at: Self.at)
            try ledger.check(check(facts: ["end_offset": .integer(Int64(partition))]), of: id)
        }
        #expect(ledger.finish(.completed).verdict == .pass)
    }
}

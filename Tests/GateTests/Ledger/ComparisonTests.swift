import Gate
import Testing
import Value

/// A comparison and what it has to say: true, false, or nil for unknown.
private struct Case: CustomTestStringConvertible {
    let actual: Value
    let op: Comparison
    let limit: Value
    let ok: Bool?

    init(_ actual: Value, _ op: Comparison, _ limit: Value, _ ok: Bool?) {
        (self.actual, self.op, self.limit, self.ok) = (actual, op, limit, ok)
    }

    var testDescription: String { "\(actual) \(op.rawValue) \(limit)" }
}

@Suite("Comparison")
struct ComparisonTests {
    private static let twoTo53 = Int64(1) << 53

    private func judged(_ test: Case) throws -> Bool? {
        var ledger = Ledger()
        let id = try ledger.subject(["x": 1], at: "a.lua:1")
        let check = Check("c", test.op, actual: .value(test.actual), limit: .value(test.limit), at: "a.lua:2")
        let ok = try ledger.check(check, of: id, matching: Fixtures.matching)
        // The ledger has to agree with what it answered.
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == (ok == true ? .pass : ok == false ? .fail : .inconclusive))
        if ok == nil { #expect(outcome.reasons.first?.code == .unknownValue) }
        return ok
    }

    @Test(
        "numbers are ordered exactly, integers against doubles too",
        arguments: [
            Case(3, .atMost, 3, true), Case(4, .atMost, 3, false), Case(3, .atLeast, 3, true),
            Case(2, .atLeast, 3, false), Case(.number(2.5), .atMost, 2, false), Case(2, .atMost, .number(2.5), true),
            Case(-3, .atMost, .number(-2.5), true), Case(-2, .atMost, .number(-2.5), false),
            Case(.integer(twoTo53 + 1), .atMost, .number(0x1p53), false),
            Case(.integer(twoTo53 + 1), .equal, .number(0x1p53), false),
            Case(.integer(twoTo53), .equal, .number(0x1p53), true),
            Case(.integer(twoTo53 + 1), .notEqual, .number(0x1p53), true),
            Case(.number(0x1p53), .atMost, .integer(twoTo53 - 1), false),
            Case(.integer(.max), .atMost, .number(0x1p63), true), Case(.integer(.max), .equal, .number(0x1p63), false),
            Case(.number(0x1p63), .atMost, .integer(.max), false),
            Case(.integer(.min), .equal, .number(-0x1p63), true),
            Case(.integer(.min), .atLeast, .number(-0x1p64), true), Case(.number(-0.0), .equal, 0, true),
            Case(.number(1e300), .atMost, .integer(.max), false), Case(.integer(.max), .atMost, .number(1e300), true),
            Case(.number(.leastNonzeroMagnitude), .atMost, 0, false),
        ] as [Case])
    private func numbers(test: Case) throws { #expect(try judged(test) == test.ok) }

    @Test(
        "nil, NaN, infinity and the wrong type are unknown, on either side",
        arguments: [
            Case(.null, .atMost, 0, nil), Case(.number(.nan), .atMost, 0, nil), Case(0, .atMost, .number(.nan), nil),
            Case(.number(.nan), .notEqual, 0, nil), Case(.number(.nan), .equal, .number(.nan), nil),
            Case(0, .atMost, .number(.infinity), nil), Case(.number(.infinity), .atLeast, 0, nil),
            Case(.number(-.infinity), .atMost, 0, nil), Case(0, .atMost, .null, nil), Case("0", .atMost, 0, nil),
            Case(0, .atMost, "0", nil), Case(true, .atMost, 1, nil), Case(3, .equal, "3", nil),
            Case(3, .notEqual, "3", nil), Case(.null, .notEqual, 3, nil), Case(3, .notEqual, .null, nil),
            Case(.null, .equal, .null, nil), Case(1, .isTrue, true, nil), Case("true", .isTrue, true, nil),
            Case(.null, .isTrue, true, nil), Case([], .isTrue, true, nil), Case(0, .equal, false, nil),
            Case([.number(.nan)], .notEqual, [1], nil), Case([1, .null], .notEqual, [1], nil),
            Case([1], .notEqual, ["1"], nil), Case([[1]], .notEqual, [["1"]], nil),
            Case(["a": .number(.infinity)], .notEqual, ["a": 1], nil), Case([1], .equal, 1, nil),
            Case([:], .equal, 1, nil), Case(["a": 1], .equal, [1], nil),
        ] as [Case])
    private func unknowns(test: Case) throws { #expect(try judged(test) == nil) }

    @Test(
        "equality goes by bytes and goes deep",
        arguments: [
            Case("a", .equal, "a", true), Case("a", .equal, "b", false), Case("a", .notEqual, "b", true),
            Case("é", .equal, "e\u{301}", false), Case(true, .equal, true, true), Case(true, .equal, false, false),
            Case([1, 2], .equal, [1, 2], true), Case([1, 2], .equal, [2, 1], false), Case([1], .equal, [1, 2], false),
            Case([1], .equal, [.number(1)], true), Case([:], .equal, [], true), Case([], .equal, [:], true),
            Case([:], .equal, [:], true), Case([:], .notEqual, [1], true),
            Case(["a": 1], .equal, ["a": 1], true), Case(["a": 1], .equal, ["a": 2], false),
            Case(["a": 1], .equal, ["b": 1], false), Case(["a": [1, ["b": 2]]], .equal, ["a": [1, ["b": 2]]], true),
        ] as [Case])
    private func equality(test: Case) throws { #expect(try judged(test) == test.ok) }

    @Test(
        "membership needs a list of the same type that is not empty",
        arguments: [
            Case(3, .oneOf, [1, 3], true), Case(3, .oneOf, [1, 2], false), Case("a", .oneOf, ["a"], true),
            Case(3, .oneOf, [], nil), Case(3, .oneOf, [:], nil), Case(3, .oneOf, 3, nil), Case(3, .oneOf, ["3"], nil),
            Case(3, .oneOf, [1, "3"], nil), Case(3, .oneOf, [3, "3"], true), Case(3, .oneOf, [3, .number(.nan)], nil),
            Case(.null, .oneOf, [3], nil), Case([1], .oneOf, [[1], [2]], true),
        ] as [Case])
    private func membership(test: Case) throws { #expect(try judged(test) == test.ok) }

    @Test(
        "matching needs two strings and a pattern that can be applied",
        arguments: [
            Case("orders", .matches, "rder", true), Case("orders", .matches, "x", false),
            Case("orders", .matches, "%", nil), Case(3, .matches, "3", nil), Case("3", .matches, 3, nil),
            Case(.null, .matches, "x", nil),
        ] as [Case])
    private func matches(test: Case) throws { #expect(try judged(test) == test.ok) }

    @Test("true is true and false is a failure, whatever is said to be required")
    func isTrue() throws {
        #expect(try judged(Case(true, .isTrue, false, true)) == true)
        #expect(try judged(Case(false, .isTrue, false, false)) == false)
    }

    @Test("without a matcher nothing matches and nothing fails to")
    func noMatcher() throws {
        var ledger = Ledger()
        let id = try ledger.subject(["x": 1], at: "a.lua:1")
        let check = Check("c", .matches, actual: .value("a"), limit: .value("a"), at: "a.lua:2")
        #expect(try ledger.check(check, of: id) == nil)
    }

    @Test("a value nested without end is unknown, not a crash")
    func deep() throws {
        var value: Value = 1
        for _ in 0..<1000 { value = .list([value]) }
        #expect(try judged(Case(value, .equal, value, nil)) == nil)
    }
}

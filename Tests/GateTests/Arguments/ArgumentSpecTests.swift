import Gate
import Testing
import Value

/// A text of `--set` or a value of a plan for a type, and the value it becomes; nil where it is refused.
private struct Case {
    let type: String
    let given: Value
    let value: Value?

    init(_ type: String, _ given: Value, _ value: Value?) {
        (self.type, self.given, self.value) = (type, given, value)
    }
}

@Suite("ArgumentSpec")
struct ArgumentSpecTests {
    private static let none: Value? = .none

    private func spec(_ type: String, _ more: [ByteString: Value] = [:]) throws -> ArgumentSpec {
        try Fixtures.argument(.map(more.merging(["type": .text(type)]) { first, _ in first }))
    }

    @Test(
        "the text of --set is read by the declared type",
        arguments: [
            Case("string", "a,b", "a,b"), Case("string", "", ""), Case("string", "3", "3"),
            Case("string[]", "a,b", ["a", "b"]), Case("string[]", "a", ["a"]), Case("string[]", "", []),
            Case("string[]", "a,,b", none), Case("string[]", "a,", none), Case("integer", "12", 12),
            Case("integer", "-3", -3), Case("integer", "9223372036854775807", .integer(.max)),
            Case("integer", "9223372036854775808", none), Case("integer", "3.0", none), Case("integer", "1e3", none),
            Case("integer", "+3", none), Case("integer", " 3", none), Case("integer", "", none),
            Case("integer", "0x10", none), Case("integer[]", "1,2", [1, 2]), Case("integer[]", "1,x", none),
            Case("number", "0.5", .number(0.5)), Case("number", "3", 3), Case("number", "-1e3", .number(-1000)),
            Case("number", "nan", none), Case("number", "inf", none), Case("number", "1e999", none),
            Case("number", "0x1p3", none), Case("number", "99999999999999999999", none), Case("boolean", "true", true),
            Case("boolean", "false", false), Case("boolean", "True", none), Case("boolean", "1", none),
            Case("boolean[]", "true,false", [true, false]), Case("duration", "500ms", 500),
            Case("duration", "10s", 10_000), Case("duration", "5m", 300_000), Case("duration", "2h", 7_200_000),
            Case("duration", "1d", 86_400_000), Case("duration", "10", none), Case("duration", "1.5s", none),
            Case("duration", "-1s", none), Case("duration", "1 s", none), Case("duration", "s", none),
            Case("duration", "9223372036854775807d", none), Case("duration", "106752d", none),
            Case("duration[]", "1s,2s", [1000, 2000]),
        ] as [Case])
    private func texts(test: Case) throws {
        guard case .string(let text) = test.given else { return }
        let spec = try spec(test.type)
        let found = Fixtures.value { () throws(GateError) in try spec.parse(text, matching: Fixtures.matching) }
        #expect(found == test.value, "\(test.type) \(text)")
    }

    @Test(
        "a value of a plan has to be of the declared type",
        arguments: [
            Case("string", "a", "a"), Case("string", 3, none), Case("string", ["a"], none), Case("string", .null, none),
            Case("integer", 3, 3), Case("integer", .number(3), none), Case("integer", .number(3.5), none),
            Case("integer", "3", none), Case("integer", true, none), Case("number", 3, 3),
            Case("number", .number(0.5), .number(0.5)), Case("number", .number(.nan), none),
            Case("number", .number(.infinity), none), Case("number", "3", none), Case("boolean", true, true),
            Case("boolean", "true", none), Case("boolean", 1, none), Case("duration", "10s", 10_000),
            Case("duration", 250, 250), Case("duration", -1, none), Case("duration", .number(250), none),
            Case("duration", .integer(.max), none), Case("duration", "10", none), Case("string[]", ["a"], ["a"]),
            Case("string[]", "a", none), Case("string[]", [:], []), Case("string[]", [], []),
            Case("string[]", ["a", 1], none), Case("string[]", ["x": "a"], none), Case("string[]", [["a"]], none),
            Case("duration[]", ["1s", 5], [1000, 5]),
        ] as [Case])
    private func values(test: Case) throws {
        let spec = try spec(test.type)
        let found = Fixtures.value { () throws(GateError) in try spec.check(test.given, matching: Fixtures.matching) }
        #expect(found == test.value, "\(test.type) \(test.given)")
    }

    @Test("bounds hold for values and for each of a list, and are part of what is allowed")
    func bounds() throws {
        let integers = try spec("integer[]", ["min": 0, "max": 10])
        #expect(try integers.parse("0,10", matching: Fixtures.matching) == [0, 10])
        #expect(throws: GateError.self) { try integers.parse("0,11", matching: Fixtures.matching) }
        let durations = try spec("duration", ["min": "1s", "max": "1m"])
        #expect(try durations.parse("60s", matching: Fixtures.matching) == 60_000)
        let error = Fixtures.message { () throws(GateError) in
            try durations.parse("999ms", matching: Fixtures.matching)
        }
        #expect(error == "a: 999ms is below the minimum of 1000ms")
        let exact = try spec("integer", ["max": .integer(1 << 53)])
        #expect(throws: GateError.self) { try exact.check(.integer(1 << 53 + 1), matching: Fixtures.matching) }
    }

    @Test("allowed values and patterns hold for each of a list")
    func allowed() throws {
        let modes = try spec("string[]", ["values": ["full", "sample"]])
        #expect(throws: GateError.self) { try modes.parse("full,some", matching: Fixtures.matching) }
        let pattern = try spec("string[]", ["pattern": "er"])
        #expect(try pattern.parse("orders", matching: Fixtures.matching) == ["orders"])
        #expect(throws: GateError.self) { try pattern.parse("orders,bills", matching: Fixtures.matching) }
        let durations = try spec("duration", ["values": ["1s", "1m"]])
        #expect(try durations.parse("60s", matching: Fixtures.matching) == 60_000)
    }

    @Test("a default is in the form that a script gets")
    func defaults() throws {
        #expect(try spec("duration", ["default": "30s"]).defaultValue == 30_000)
        #expect(try spec("string[]", ["default": [:]]).defaultValue == [])
        #expect(try spec("string").defaultValue == Self.none)
    }
}

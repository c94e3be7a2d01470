import Testing
import Value

@testable import LuaKit

@Suite("Values between Lua and the host")
struct LuaValueTests {
    @Test(
        "a value comes back as it went",
        arguments: [
            .null, true, false, 0, .integer(.min), .integer(.max), .integer(9_007_199_254_740_993), .number(1.5),
            .number(-.infinity), .number(.greatestFiniteMagnitude), "", "text",
            .string(ByteString(bytes: [0, 255, 0xC3, 40, 10])),
            [1, 2, 3], ["a": 1, "b": [true, "x"]], [["deep": [[["er": "value"]]]]], .map([:]),
            .map([ByteString(bytes: [0xFF]): 1, ByteString(bytes: [0xFE]): 2]),
        ] as [Value])
    func roundTrip(value: Value) throws {
        #expect(try LuaScript().values("return a", .value(value)) == [value])
        #expect(try LuaScript().values("return { a }", .value(value)) == [value == .null ? .map([:]) : [value]])
        #expect(try LuaScript().values("return a", .frozen(value)) == [value])
    }

    @Test("strings that differ only in normal form stay two keys")
    func canonicalEquivalence() throws {
        let value = try LuaScript().values("return { ['\\u{E9}'] = 1, ['e\\u{301}'] = 2 }")[0]
        #expect(value == ["\u{E9}": 1, ByteString(bytes: [0x65, 0xCC, 0x81]): 2])
        guard case .map(let entries) = value else { throw LuaFailure.busy }
        #expect(entries.count == 2)
    }

    @Test("NaN crosses as a number")
    func notANumber() throws {
        guard case .number(let number)? = try LuaScript().values("return 0/0").first else { throw LuaFailure.busy }
        #expect(number.isNaN)
    }

    @Test("integers of 64 bits are exact and stay integers")
    func integers() throws {
        #expect(
            try LuaScript().values("return a + 1, math.type(a), a // 1", .value(9_007_199_254_740_993))
                == [9_007_199_254_740_994, "integer", 9_007_199_254_740_993])
        #expect(try LuaScript().values("return a // -1, a % -1", .value(.integer(.min))) == [.integer(.min), 0])
    }

    @Test("an empty table is an empty map, as Lua does not tell it from a list")
    func emptyTable() throws {
        #expect(try LuaScript().values("return {}, a", .value([])) == [.map([:]), .map([:])])
    }

    @Test("a table with a metatable crosses as what lies in it")
    func metatable() throws {
        #expect(
            try LuaScript().values("return setmetatable({ x = 1 }, { __index = { y = 2 } })") == [["x": 1]])
    }

    @Test(
        "what is no data is refused with its place",
        arguments: [
            ("return b({ 1, 2, x = 3 })", "a table with both list and map keys cannot be passed to the host"),
            ("return b({ 1, nil, 3, [7] = 1 })", "a list with holes cannot be passed to the host"),
            ("return b({ [3] = 1 })", "a list with holes cannot be passed to the host"),
            ("return b({ [true] = 1 })", "only a list or a table with names as keys can be passed to the host"),
            ("return b({ [1.5] = 1 })", "only a list or a table with names as keys can be passed to the host"),
            ("return b({ [0] = 1 })", "only a list or a table with names as keys can be passed to the host"),
            ("return b({ [{}] = 1 })", "only a list or a table with names as keys can be passed to the host"),
            ("return b(function() end)", "a function cannot be passed to the host"),
            ("return b({ x = { 1, { f = pcall } } })", "a function cannot be passed to the host (at x[2].f)"),
            ("local t = {} t.t = t return b(t)", "the value is nested too deeply, or contains itself (at t.t.t"),
            ("return b({ a })", "a cluster inside a table cannot be passed to the host (at [1])"),
            ("return b(('x'):rep(1000001), ('x'):rep(60000))", "more than 1000000 repetitions"),
            ("return b(('x'):rep(1000000), ('x'):rep(60000))", "more than 1 MiB cannot be passed to the host at once"),
            ("local t = {} for i = 1, 100001 do t[i] = i end return b(t)", "more than 100000 elements"),
        ])
    func refused(body: String, message: String) throws {
        let script = try LuaScript()
        let cluster = try script.host.define(class: "cluster", methods: [])
        let error = try script.error(
            body, .object(LuaObject(kind: cluster, handle: 1)), script.host.answering(.value(nil)))
        #expect(error.hasPrefix("test.lua:1: ") || message.hasPrefix("more than 1000000"), "\(error)")
        #expect(error.contains(message), "\(error)")
    }

    @Test("16 levels of tables cross, 17 do not")
    func depth() throws {
        let body = "local t = {} for i = 2, a do t = { t } end return b(t)"
        let script = try LuaScript()
        #expect(try script.values(body, .value(16), script.host.answering(.value("ok"))) == ["ok"])
        #expect(try script.error(body, .value(17), script.host.answering(.value("ok"))).contains("nested too deeply"))
    }

    @Test("a value shared in many places cannot flood the tape")
    func sharedTable() throws {
        let script = try LuaScript()
        let body = "local t = { 1 } for i = 1, 12 do t = { t, t, t, t } end return b(t)"
        #expect(try script.error(body, .value(nil), script.host.answering(.value(nil))).contains("more than 100000"))
        #expect(script.host.peakBytes < 16 << 20)
    }

    @Test("several values return in order, and no value as well")
    func results() throws {
        let script = try LuaScript()
        let two = script.host.register { _ throws(LuaRaise) in [.value(1), .value("two")] }
        let none = script.host.register { _ throws(LuaRaise) in [] }
        #expect(
            try script.values("local x, y, z = a() return x, y, z, select('#', b())", .function(two), .function(none))
                == [1, "two", nil, 0])
    }
}

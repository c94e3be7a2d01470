import Testing
import Value

@testable import LuaKit

@Suite("What a script sees")
struct LuaLibraryTests {
    func values(_ body: String) throws -> [Value] { try LuaScript().values(body) }

    @Test(
        "nothing else is there",
        arguments: [
            "load", "loadfile", "dofile", "require", "package", "io", "os", "debug", "coroutine", "xpcall", "warn",
            "collectgarbage", "newproxy", "print", "next", "_G", "loadstring", "getfenv", "setfenv", "unpack",
        ])
    func absent(name: String) throws {
        #expect(try LuaScript().error("return \(name)").hasPrefix("test.lua:1: undeclared name '\(name)'"))
    }

    @Test("members that could hang, leak or differ from run to run are absent")
    func absentMembers() throws {
        #expect(
            try values("return string.dump, math.random, math.randomseed, table.getn") == [nil, nil, nil, nil])
    }

    @Test("all that is promised is there")
    func present() throws {
        let body = """
            local names = {}
            for _, f in ipairs { assert, error, ipairs, pairs, pcall, rawequal, rawget, rawlen, rawset, select,
                setmetatable, getmetatable, tonumber, tostring, type,
                string.byte, string.char, string.find, string.format, string.gmatch, string.gsub, string.len,
                string.lower, string.match, string.pack, string.packsize, string.rep, string.reverse, string.sub,
                string.unpack, string.upper, table.concat, table.insert, table.move, table.pack, table.remove,
                table.sort, table.unpack, utf8.char, utf8.codepoint, utf8.codes, utf8.len, utf8.offset,
                math.abs, math.ceil, math.floor, math.fmod, math.max, math.min, math.modf, math.sqrt,
                math.tointeger, math.type, math.ult, math.exp, math.log, math.sin } do names[#names + 1] = type(f) end
            return #names, _VERSION, math.pi > 3, math.maxinteger, utf8.charpattern ~= nil
            """
        #expect(try values(body) == [57, "Lua 5.4", true, .integer(.max), true])
    }

    @Test("a write to a global and a read of an undeclared name are errors with their line")
    func strictGlobals() throws {
        let script = try LuaScript()
        #expect(try script.error("\nx = 1") == "test.lua:2: assignment to global 'x'; declare it with 'local'")
        #expect(
            try script.error("\n\nreturn tostrin(1)")
                == "test.lua:3: undeclared name 'tostrin'; did you mean 'tostring'?")
        #expect(try script.error("pairs = 1").contains("assignment to global 'pairs'"))
        #expect(try script.error("rawset(_ENV, 'x', 1)").contains("read-only"))
        #expect(try script.error("string.format = 1").contains("'format' cannot be assigned: it is read-only"))
        #expect(try script.error("setmetatable(_ENV, nil)").contains("protected metatable"))
    }

    @Test("pairs goes through numbers, then strings, then booleans, each in order")
    func sortedPairs() throws {
        let body = """
            local t, keys = { 'x', 'y', 'z', b = 1, a = 1, ab = 1, [-5] = 1, [0] = 1, [2.5] = 1, [100] = 1, [true] = 1,
                ['10'] = 1, [math.mininteger] = 1, [1e300] = 1, [''] = 1, ['\\xff'] = 1, [false] = 1 }, {}
            for k in pairs(t) do keys[#keys + 1] = tostring(k) end
            return table.concat(keys, ' ')
            """
        #expect(
            try values(body)[0]
                == .string(
                    ByteString(
                        bytes: Array("-9223372036854775808 -5 0 1 2 2.5 3 100 1e+300  10 a ab b ".utf8) + [0xFF]
                            + Array(" false true".utf8))))
    }

    @Test("pairs skips what was removed meanwhile, honours __pairs and refuses keys without an order")
    func pairsWhileChanging() throws {
        #expect(
            try values(
                "local t, n = { a = 1, b = 2, c = 3 }, '' for k in pairs(t) do n = n .. k t.b = nil end return n")
                == ["ac"])
        let custom =
            "local function walk(_, k) if not k then return 1, 2 end end "
            + "local t = setmetatable({}, { __pairs = function(t) return walk, t end })"
        #expect(try values("\(custom) local n = 0 for k, v in pairs(t) do n = n + k + v end return n") == [3])
        #expect(try LuaScript().error("for _ in pairs { [{}] = 1 } do end").contains("used as a key has no order"))
        #expect(try LuaScript().error("pairs(nil)").contains("table expected, got nil"))
        #expect(try values("local n = 0 for _ in pairs {} do n = n + 1 end return n") == [0])
    }

    @Test("a metatable is copied when it is set: what is added later has no effect")
    func metatableCopy() throws {
        let body = """
            local log = {}
            local mt = { __index = function(_, k) return k end }
            local t = setmetatable({}, mt)
            mt.__index = nil
            mt.__len = function() return 99 end
            return t.x, #t, getmetatable(t) == mt, getmetatable(setmetatable({}, { __metatable = 'no' }))
            """
        #expect(try values(body) == ["x", 0, true, "no"])
        #expect(try LuaScript().error("setmetatable(setmetatable({}, { __metatable = 1 }), {})").contains("protected"))
        #expect(
            try values("local C = {} C.__index = C function C.f() return 5 end return setmetatable({}, C).f()") == [5])
        #expect(try values("return getmetatable('')") == [false])
    }

    @Test(
        "finalizers, closers and weak tables are refused, also in a metatable got back",
        arguments: ["gc", "close", "mode"])
    func refusedMetamethods(name: String) throws {
        #expect(
            try LuaScript().error("setmetatable({}, { __\(name) = 'k' })") == "test.lua:1: gates cannot set __\(name)")
        let later = "local t = setmetatable({}, {}) getmetatable(t).__\(name) = 'k' setmetatable({}, getmetatable(t))"
        #expect(try LuaScript().error(later).contains("gates cannot set"))
        #expect(
            try values("local t = setmetatable({}, { __index = {} }) getmetatable(t).__\(name) = 'k' return 1") == [1])
    }

    @Test("texts hold no address")
    func addresses() throws {
        let body = """
            return tostring({}), tostring(pcall), ('%s %p %10p'):format({}, {}, pcall),
                tostring(setmetatable({}, { __name = 'Name' })),
                tostring(setmetatable({}, { __tostring = function() return 'own' end }))
            """
        #expect(try values(body) == ["table", "function", "table (null)     (null)", "Name", "own"])
        let error = #expect(throws: LuaFailure.self) { try LuaScript().run("local function f() error({}) end f()") }
        guard case .script(let message, _, let traceback)? = error else { throw LuaFailure.busy }
        #expect(message == "error object is a table")
        #expect(!traceback.description.contains("0x"))
    }

    @Test("format, rep and the rest of string work as methods too")
    func strings() throws {
        #expect(
            try values("return ('x'):rep(3, ','), ('%5.2f|%d|%q|%s|%%'):format(1.5, 3, 'a', true), (('abc'):find('b'))")
                == ["x,x,x", " 1.50|3|\"a\"|true|%", 2])
        #expect(try values("return ('x'):rep(0), ('x'):rep(-1), (''):rep(1000000), '10' + 1") == ["", "", "", 11])
        #expect(try LuaScript().error("return ('%d'):format('x')").contains("number expected, got string"))
        #expect(try LuaScript().error("return ('%s'):format()").contains("no value"))
        #expect(try LuaScript().error("return tonumber(('1'):rep(300))").contains("numeral is too long"))
        #expect(
            try values("return tonumber('0x10'), tonumber('zz', 36), tonumber('x'), tonumber(1.5)") == [
                16, 1295, nil, .number(1.5),
            ])
    }

    @Test("table functions work on plain tables")
    func tables() throws {
        let body = """
            local t = { 3, 1, 2 }
            table.sort(t)
            table.insert(t, 4) table.insert(t, 1, 0)
            local last, first = table.remove(t), table.remove(t, 1)
            local words = { 'pear', 'fig', 'apple' }
            table.sort(words, function(x, y) return #x < #y end)
            return table.concat(t, ','), last, first, table.concat(words, ' '),
                table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ','),
                table.pack(1, nil).n, select('#', table.unpack({}, 1, 3))
            """
        #expect(try values(body) == ["1,2,3", 4, 0, "fig pear apple", "1,1,2,3", 2, 3])
        for call in ["insert(m, 1)", "remove(m)", "sort(m)", "concat(m)", "unpack(m)", "move(m, 1, 2, 3)"] {
            #expect(
                try LuaScript().error("local m = setmetatable({}, {}) table.\(call)").contains("plain table expected"))
        }
    }

    @Test("an order function without order neither crashes nor loses elements")
    func oddOrder() throws {
        let body = """
            local t, n = {}, 0
            for i = 1, 1000 do t[i] = i end
            table.sort(t, function(x, y) n = n + 1 return n % 3 == 0 end)
            local sum = 0
            for i = 1, 1000 do sum = sum + t[i] end
            return sum, #t
            """
        #expect(try values(body) == [500_500, 1000])
        #expect(
            try values("local t = { 2, 1 } pcall(table.sort, t, function() error('x') end) return t[1] + t[2]") == [3])
    }
}

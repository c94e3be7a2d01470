import Testing
import Value

@testable import LuaKit

@Suite("Pattern functions")
struct LuaPatternTests {
    /// Prints results as the corpus does.
    static let show = #"""
        local function quoted(s)
            return '"' .. s:gsub('[%c"\\\128-\255]', function(c) return string.format("\\%03d", c:byte()) end) .. '"'
        end
        local function show(...)
            local t = {}
            for i = 1, select("#", ...) do
                local v = select(i, ...)
                t[i] = type(v) == "string" and quoted(v) or tostring(v)
            end
            return table.concat(t, " ")
        end
        local function all(...)
            local t = {}
            for x, y in string.gmatch(...) do
                t[#t + 1] = show(x, y)
                if #t > 20 then break end
            end
            return table.concat(t, "|")
        end
        """#

    @Test("find, match, gmatch and gsub answer as Lua 5.4 does")
    func corpus() throws {
        let host = try LuaHost()
        var count = 0
        for line in PatternCorpus.cases.split(separator: "\n") {
            let parts = line.split(separator: " => ", maxSplits: 1)
            try #require(parts.count == 2, "\(line)")
            let run = "return { run = function() return show(\(parts[0])) end }"
            _ = try host.load(source: Array("\(Self.show)\n\(run)".utf8), name: "case.lua")
            let answer = Self.answer(of: host)
            #expect(answer == parts[1], "\(parts[0])")
            count += 1
        }
        #expect(count > 200)
    }

    private static func answer(of host: LuaHost) -> String {
        do {
            let results = try host.results(of: "run", until: .now + .seconds(60))
            guard case .string(let text)? = results.first?.plain else { return "no text" }
            return text.description
        } catch {
            guard case .script(let message, _, _) = error else { return "\(error)" }
            return "error: \(message.description.drop { $0 != " " }.dropFirst())"
        }
    }

    @Test("a pattern that needs too much recursion is too complex, as in Lua")
    func depth() throws {
        let script = try LuaScript()
        #expect(try script.error("return ('x'):rep(300):find(('x?'):rep(200))") == "test.lua:1: pattern too complex")
        #expect(try script.values("return ('x'):rep(300):find(('x?'):rep(199))") == [1, 199])
        #expect(try script.values("return (''):find(('x?'):rep(300000))") == [1, 0])
    }

    @Test("captures of a callback may run other patterns")
    func nested() throws {
        #expect(
            try LuaScript().values(
                "return (('a1 b2'):gsub('%w+', function(w) return (w:gsub('%d', function(d) return d + 1 end)) end))")
                == ["a2 b3"])
    }
}

import Testing
import Value

@testable import LuaKit

@Suite("Memory limits")
struct MemorySweepTests {
    static let body = """
        local out = {}
        for i, p in ipairs(a.lag()) do out[#out + 1] = i .. p.partition .. tostring(p) end
        for k in pairs(a.args) do out[#out + 1] = k end
        local ok, e = pcall(function() return a.lag()[2].lag + 1 end)
        if e == 'not enough memory' then error(e, 0) end
        table.sort(out)
        local text = table.concat(out, ','):gsub('%d+', '<%0>'):rep(3)
        for w in text:gmatch('%a+') do out[#out + 1] = w end
        return a.echo({ list = out, thing = ('%s %5d'):format(text, 3) }), a.thing:echo()
        """

    func run(limit: Int) throws(LuaFailure) {
        var limits = LuaLimits()
        limits.memoryBytes = limit
        let host = try LuaHost(limits: limits)
        let echo = host.register { call throws(LuaRaise) in call.arguments.compactMap(\.plain).map { .frozen($0) } }
        let kind = try host.define(class: "thing", methods: [("echo", echo)])
        let lag = host.answering(.rows(LuaRowsTests.rows))
        let fields: [(name: ByteString, value: LuaReply)] = [
            (name: "args", value: .frozen(["one": [1, 2, 3], "two": ["x": "y"]])), (name: "lag", value: lag),
            (name: "echo", value: .function(echo)),
            (name: "thing", value: .object(LuaObject(kind: kind, handle: 1))),
        ]
        _ = try host.load(source: Array("return { run = function(a) \(Self.body)\nend }".utf8), name: "sweep.lua")
        _ = try host.results(of: "run", with: [.record(fields, strictName: "ctx")], until: .now + .seconds(60))
    }

    @Test("wherever memory runs out, it is that error and nothing else")
    func sweep() throws {
        var (tooSmall, fitting) = (0, 0)
        for limit in stride(from: 4_000, to: 80_000, by: 61) {
            do throws(LuaFailure) {
                try run(limit: limit)
                fitting += 1
            } catch {
                tooSmall += 1
                #expect(error == .memory || error == .unavailable, "\(limit): \(error)")
            }
        }
        #expect(tooSmall > 100)
        #expect(fitting > 100)
    }
}

import LuaKit
import Testing
import Value

@Suite("LuaHost as a prompt")
struct LuaPromptTests {
    private func prompt() throws -> LuaHost {
        let host = try LuaHost()
        try host.openPrompt([(name: "answer", value: .value(42)), (name: "box", value: .record([], strictName: "box"))])
        return host
    }

    private func enter(_ host: LuaHost, _ text: String) throws -> [LuaArgument] {
        try host.enter(Array(text.utf8), name: "prompt", until: .now + .seconds(20))
    }

    @Test("globals live on from entry to entry, locals do not")
    func globals() throws {
        let host = try prompt()
        _ = try enter(host, "x = answer; local y = 1; function f(n) return n * x end")
        #expect(try enter(host, "return x, f(2)").map(\.plain) == [42, 84])
        #expect(throws: LuaFailure.self) { try enter(host, "return y") }
        _ = try enter(host, "answer = 1")
        #expect(try enter(host, "return answer").map(\.plain) == [1])
    }

    @Test("an entry sees the sandbox of gates and cannot change it")
    func sandbox() throws {
        let host = try prompt()
        #expect(try enter(host, "return math.max(1, 2)").map(\.plain) == [2])
        for text in [
            "return load", "return os", "string.x = 1", "return box.thing", "return getmetatable(_ENV).__index",
        ] {
            #expect(throws: LuaFailure.self, "\(text)") { try enter(host, text) }
        }
        _ = try enter(host, "string = 1")
        #expect(try enter(host, "return ('x'):rep(2)").map(\.plain) == ["xx"])
    }

    @Test("an error, a limit or an interruption ends the entry and not the prompt")
    func errors() throws {
        let interrupter = LuaInterrupter()
        let host = try LuaHost(interrupter: interrupter)
        try host.openPrompt([])
        _ = try enter(host, "kept = 7")
        for text in [
            "error('x')", "return nil + 1", "return = 1", "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) end",
        ] {
            #expect(throws: LuaFailure.self, "\(text)") { try enter(host, text) }
        }
        #expect(throws: LuaFailure.deadline) {
            try host.enter(Array("while true do end".utf8), name: "prompt", until: .now + .milliseconds(50))
        }
        interrupter.interrupt()
        #expect(throws: LuaFailure.interrupted) { try enter(host, "while true do end") }
        interrupter.reset()
        #expect(try enter(host, "return kept").map(\.plain) == [7])
    }

    @Test("what cannot cross is shown in words")
    func words() throws {
        let host = try prompt()
        let found = try enter(host, "return 1, function() end, { 1, x = 2 }, box, { f = function() end }")
        #expect(found.count == 5)
        #expect(found.map { $0.plain == nil } == [false, true, true, true, true])
        guard case .record(let text) = found[1] else {
            Issue.record("\(found[1])")
            return
        }
        #expect(text == "function")
    }
}

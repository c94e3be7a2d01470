import Testing
import Value

@testable import LuaKit

@Suite("Hostile scripts", .serialized)
struct HostileScriptTests {
    struct End: Sendable {
        var result: Result<String, LuaFailure>
        var peak: Int
        var duration: Duration
        var nextWorks: Bool
    }

    static func end(of script: HostileScript) -> Result<End, LuaFailure> {
        Result { () throws(LuaFailure) in
            let host = try LuaHost()
            let answer = host.answering(.value(nil))
            let source = "return { run = function(a) \(script.body)\nend }"
            _ = try host.load(source: Array(source.utf8), name: "hostile.lua")
            let start = ContinuousClock.now
            let result = Result { () throws(LuaFailure) in
                let results = try host.results(of: "run", with: [answer], until: start + script.time)
                guard case .string(let text)? = results.first?.plain else { return "\(results)" }
                return text.description
            }
            let duration = ContinuousClock.now - start
            let next = try LuaHost()
            _ = try next.load(source: Array("return { run = function() return 'fine' end }".utf8), name: "next.lua")
            let works = try next.results(of: "run", until: .now + .seconds(60)).first?.plain == "fine"
            return End(result: result, peak: host.peakBytes, duration: duration, nextWorks: works)
        }
    }

    static func fits(_ result: Result<String, LuaFailure>, _ outcome: HostileScript.Outcome) -> Bool {
        switch (outcome, result) {
        case (.oneOf(let outcomes), _): outcomes.contains { fits(result, $0) }
        case (.deadline, .failure(.deadline)), (.memory, .failure(.memory)): true
        case (.error(let text), .failure(.script(let message, _, _))): message.description.contains(text)
        case (.returns(let text), .success(let value)): value == text
        default: false
        }
    }

    @Test("each ends in its time and its memory, as it must, and the next gate runs", arguments: HostileScript.all)
    func ends(script: HostileScript) async throws {
        let outcome = try await LuaThread.run(until: .now + .seconds(60)) { Self.end(of: script) }
        let end = try #require(outcome, "still running").get()
        #expect(Self.fits(end.result, script.outcome), "\(end.result)")
        #expect(end.duration < script.time + .seconds(2), "took \(end.duration)")
        #expect(end.peak <= 64 << 20)
        #expect(end.nextWorks)
    }

    @Test(
        "a text that is no gate is refused while it is read",
        arguments: [
            (
                "deep-parens",
                "return " + String(repeating: "(", count: 10000) + "1" + String(repeating: ")", count: 10000)
            ),
            ("deep-tables", "return " + String(repeating: "{", count: 10000) + String(repeating: "}", count: 10000)),
            ("deep-unary", "return " + String(repeating: "- ", count: 10000) + "1"),
            ("deep-concat", "return " + String(repeating: "'x' .. ", count: 10000) + "'x'"),
            ("bytecode-header", "\u{1B}LuaT\u{0}\u{19}"),
            ("many-locals", String(repeating: "local x = 1\n", count: 1000) + "return {}"),
            ("no-lua", "<html></html>"),
            ("half", "return { run = function() "),
        ])
    func refusedText(name: String, source: String) async throws {
        let failure = try await LuaThread.run(until: .now + .seconds(60)) { Self.loadFailure(of: Array(source.utf8)) }
        guard case .syntax(let message, _)? = try #require(failure) else {
            Issue.record("\(name): \(String(describing: failure))")
            return
        }
        #expect(message.description.hasPrefix("hostile.lua:"), "\(message)")
    }

    static func loadFailure(of source: [UInt8]) -> LuaFailure? {
        do {
            _ = try LuaHost().load(source: source, name: "hostile.lua")
            return nil
        } catch {
            return error
        }
    }

    @Test("a text is read up to its limit and not beyond (2MB-source)")
    func size() throws {
        let limit = 256 << 10
        let source = "return {} --"
        let fitting = Array((source + String(repeating: "x", count: limit - source.utf8.count)).utf8)
        #expect(Self.loadFailure(of: fitting) == nil)
        #expect(Self.loadFailure(of: fitting + [120]) == .tooLarge(limit: limit))
        #expect(Self.loadFailure(of: Array(repeating: 32, count: 2 << 20)) == .tooLarge(limit: limit))
    }

    @Test(
        "a manifest that spins or floods ends",
        arguments: [
            ("while true do end", [LuaFailure.deadline]),
            ("return setmetatable({}, { __index = function() while true do end end }).x", [.deadline]),
            ("local t = {} while true do t[#t + 1] = { 'xxxxxxxxx' .. #t } end", [.deadline, .memory]),
            ("local s = 'x' while true do s = s .. s end", [.memory, .deadline]),
            ("return (('x'):rep(50)):find(('.-'):rep(8) .. 'b')", [.deadline]),
        ])
    func manifest(source: String, ends: [LuaFailure]) throws {
        let start = ContinuousClock.now
        let failure = try #require(Self.loadFailure(of: Array(source.utf8)))
        #expect(ends.contains(failure), "\(failure)")
        #expect(ContinuousClock.now - start < .seconds(6))
    }
}

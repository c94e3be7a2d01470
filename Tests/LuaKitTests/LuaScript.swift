import Testing
import Value

@testable import LuaKit

/// A host and the body of a function to run in it.
struct LuaScript {
    let host: LuaHost

    init(limits: LuaLimits = LuaLimits(), interrupter: LuaInterrupter = LuaInterrupter()) throws {
        host = try LuaHost(limits: limits, interrupter: interrupter)
    }

    /// Runs `body` with its arguments as `a`, `b`, `c`; line 1 of the body is line 1 of `test.lua`.
    @discardableResult
    func run(_ body: String, _ arguments: LuaReply..., within time: Duration = .seconds(60)) throws -> [LuaArgument] {
        _ = try host.load(source: Array("return { run = function(a, b, c) \(body)\nend }".utf8), name: "test.lua")
        return try host.results(of: "run", with: arguments, until: .now + time)
    }

    /// The results as plain values.
    func values(_ body: String, _ arguments: LuaReply...) throws -> [Value] {
        _ = try host.load(source: Array("return { run = function(a, b, c) \(body)\nend }".utf8), name: "test.lua")
        return try host.results(of: "run", with: arguments, until: .now + .seconds(60)).map { try #require($0.plain) }
    }

    /// The message with which `body` fails.
    func error(_ body: String, _ arguments: LuaReply...) throws -> String {
        let whole = "local ok, e = pcall(function(...) local a, b, c = ... \(body)\nend, a, b, c) return ok, e"
        _ = try host.load(source: Array("return { run = function(a, b, c) \(whole)\nend }".utf8), name: "test.lua")
        let results = try host.results(of: "run", with: arguments, until: .now + .seconds(60))
        try #require(results.first?.plain == false, "the script did not fail")
        guard case .string(let message)? = results.last?.plain else { return "not a string" }
        return message.description
    }
}

extension LuaHost {
    /// A function that returns `reply`.
    func answering(_ reply: @autoclosure @escaping () -> LuaReply) -> LuaReply {
        .function(register { _ throws(LuaRaise) in [reply()] })
    }

    /// A function that keeps its arguments in `box`.
    func recording(_ box: ArgumentBox) -> LuaReply {
        .function(
            register { call throws(LuaRaise) in
                box.arguments = call.arguments
                box.place = call.place
                return []
            })
    }
}

final class ArgumentBox {
    var arguments: [LuaArgument] = []
    var place: LuaPlace?
}

/// Rows from closures.
struct TestRows: LuaRows {
    var fields: [ByteString] = ["topic", "partition", "lag"]
    var count: Int
    var heldBytes = 0
    var make: (Int) -> LuaRow

    func row(at index: Int) -> LuaRow { make(index) }
}

import Foundation
import LuaSyntax
import Testing
import Value

@Suite("LuaParser")
struct LuaParserTests {
    private static func parse(_ text: String) throws -> LuaChunk { try LuaParser.parse(Array(text.utf8)) }

    @Test("what Lua takes is taken", arguments: LuaCorpus.accepted)
    func accepted(text: String) throws {
        #expect(throws: Never.self) { try Self.parse(text) }
    }

    @Test("what Lua refuses is refused", arguments: LuaCorpus.refused)
    func refused(text: String) {
        #expect(throws: LuaSyntaxError.self) { try Self.parse(text) }
    }

    @Test(
        "Lua itself agrees on each text of the corpus",
        .enabled(if: LuaCompiler.path != nil, "luac5.4 is not installed (Debian: lua5.4)"))
    func judged() throws {
        let compiler = try #require(LuaCompiler.path)
        for text in LuaCorpus.accepted { #expect(try LuaCompiler.accepts(text, compiler), "\(text)") }
        for text in LuaCorpus.refused { #expect(try !LuaCompiler.accepts(text, compiler), "\(text)") }
    }

    @Test(
        "Lua itself agrees on gates with one word dropped, doubled or replaced",
        .enabled(if: LuaCompiler.path != nil, "luac5.4 is not installed (Debian: lua5.4)"))
    func mutated() throws {
        let compiler = try #require(LuaCompiler.path)
        var random = Lehmer(state: 20_261_121)
        for gate in try RepositoryGates.all() {
            var lexer = LuaLexer(gate.source)
            var words: [Range<Int>] = []
            while true {
                let word = try lexer.next()
                if word.kind == .end { break }
                words.append(word.range)
            }
            for _ in 0..<6 {
                let (one, other) = (words[random.below(words.count)], words[random.below(words.count)])
                var bytes = gate.source
                switch random.below(3) {
                case 0: bytes.removeSubrange(one)
                case 1: bytes.insert(contentsOf: [0x20] + gate.source[one], at: one.upperBound)
                default: bytes.replaceSubrange(one, with: gate.source[other] + [0x20])
                }
                let text = String(decoding: bytes, as: UTF8.self)
                let isTaken = (try? LuaParser.parse(bytes)) != nil
                #expect(try LuaCompiler.accepts(text, compiler) == isTaken, "\(gate.path): \(one) \(other)")
            }
        }
    }

    @Test("every gate of the repository is read")
    func gates() throws {
        let gates = try RepositoryGates.all()
        #expect(gates.count >= 10)
        for gate in gates { #expect(throws: Never.self, "\(gate.path)") { try LuaParser.parse(gate.source) } }
    }

    @Test("any bytes come to an end, without a trap")
    func hostile() throws {
        var random = Lehmer(state: 7)
        for gate in try RepositoryGates.all().prefix(4) {
            for _ in 0..<150 {
                var bytes = gate.source
                for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
                _ = try? LuaParser.parse(bytes)
                _ = try? LuaParser.parse(Array(bytes.prefix(random.below(bytes.count))))
            }
        }
        for _ in 0..<300 { _ = try? LuaParser.parse((0..<200).map { _ in UInt8(random.below(256)) }) }
    }

    @Test(
        "nesting has an end",
        arguments: [
            String(repeating: "(", count: 50_000), String(repeating: "{", count: 50_000),
            "return " + String(repeating: "- ", count: 50_000) + "1",
            "return " + String(repeating: "a.", count: 50_000) + "b",
            "return " + String(repeating: "1 + ", count: 50_000) + "1",
            "return " + String(repeating: "1 .. ", count: 50_000) + "1",
            String(repeating: "do ", count: 50_000), String(repeating: "f(", count: 50_000),
            String(repeating: "return function() ", count: 50_000), String(repeating: "if a then ", count: 50_000),
            "return f" + String(repeating: "()", count: 50_000), String(repeating: "a[", count: 50_000),
            "return " + String(repeating: "not ", count: 50_000) + "1",
        ])
    func deep(text: String) {
        #expect(throws: LuaSyntaxError.self) { try Self.parse(text) }
    }

    @Test("many functions and statements beside each other are no nesting")
    func broad() throws {
        let functions = (0..<3000).map { "t[\($0)] = function() return a.b.c end" }.joined(separator: "\n")
        #expect(try Self.parse("local t = {}\n" + functions).functions == 3001)
        let branches = (0..<3000).map { "elseif x == \($0) then" }.joined(separator: "\n")
        #expect(throws: Never.self) { try Self.parse("if a then\n\(branches)\nend") }
    }

    @Test(
        "a text that only stops too early says so",
        arguments: [
            ("f(", true), ("x = {", true), ("for i = 1, 2 do", true), ("x = [[", true), ("--[[", true), ("x =", true),
            ("x", true), ("f(]", false), ("x = = 1", false), ("'abc", false), ("end", false), ("goto x", false),
        ])
    func unfinished(text: String, isUnfinished: Bool) {
        let error = #expect(throws: LuaSyntaxError.self) { try Self.parse(text) }
        #expect(error?.isUnfinished == isUnfinished)
    }

    @Test("an error has its line")
    func lines() {
        let error = #expect(throws: LuaSyntaxError.self) { try Self.parse("local a = 1\n\nlocal b = = 2") }
        #expect(error?.line == 3)
        #expect(error.map { "\($0)" } == "line 3: unexpected symbol near '='")
    }

    @Test("names mean the nearest variable that is in scope")
    func scopes() throws {
        let chunk = try Self.parse(
            """
            local x = x
            local function f(y) return x, y, f end
            do local x = 2 end
            for x = x, 3 do end
            repeat local z until z
            return z
            """)
        #expect(chunk.locals.map(\.name) == ["x", "f", "y", "x", "x", "z"])
        #expect(chunk.locals.map(\.function) == [0, 0, 1, 0, 0, 0])
        guard case .local(let declared, let values) = chunk.main.body.statements[0].kind else {
            Issue.record("no local")
            return
        }
        #expect(declared == [0])
        #expect(values.first.map { "\($0.kind)" } == "global(x)")
        guard case .localFunction(1, let f) = chunk.main.body.statements[1].kind,
            case .return(let returned) = f.body.statements[0].kind
        else {
            Issue.record("no function")
            return
        }
        #expect(returned.map { "\($0.kind)" } == ["local(0)", "local(2)", "local(1)"])
        guard case .forNumber(4, let from, _, _, _) = chunk.main.body.statements[3].kind else {
            Issue.record("no loop")
            return
        }
        #expect("\(from.kind)" == "local(0)")
        guard case .return(let last)? = chunk.main.body.statements.last?.kind else { return }
        #expect(last.map { "\($0.kind)" } == ["global(z)"])
    }

    @Test("comments are kept, with whether code stands before them")
    func comments() throws {
        let chunk = try Self.parse("-- one\nlocal a --[[ two\n]] = 1 -- three\n  -- four\nreturn a")
        #expect(chunk.comments.map(\.line) == [1, 2, 3, 4])
        #expect(chunk.comments.map(\.standsAlone) == [true, false, false, true])
        #expect(chunk.comments[2].text == " three")
        #expect(chunk.codeLines == [2, 3, 5])
    }
}

import LuaSyntax
import Testing
import Value

@Suite("LuaLexer")
struct LuaLexerTests {
    private static func words(_ text: String) throws -> [LuaLexeme.Kind] {
        var lexer = LuaLexer(Array(text.utf8))
        var kinds: [LuaLexeme.Kind] = []
        while true {
            let next = try lexer.next()
            if next.kind == .end { return kinds }
            kinds.append(next.kind)
        }
    }

    @Test(
        "numerals are what lua_Integer and lua_Number make of them",
        arguments: [
            ("10", .integer(10)), ("0x10", .integer(16)), ("0xffffffffffffffff", .integer(-1)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .float(9_223_372_036_854_775_808)),
            ("1e6", .float(1_000_000)), ("5.", .float(5)), (".5", .float(0.5)), ("0x.8", .float(0.5)),
            ("0xA.8p1", .float(21)), ("1e999", .float(.infinity)), ("0x1p-1074", .float(.leastNonzeroMagnitude)),
            ("1e-999", .float(0)),
            ("0x1p99999", .float(.infinity)), ("3.25e+2", .float(325)),
        ] as [(String, LuaLexeme.Kind)])
    func numerals(text: String, kind: LuaLexeme.Kind) throws {
        #expect(try Self.words(text) == [kind])
    }

    @Test(
        "strings are the bytes they stand for",
        arguments: [
            (#"'a\nb'"#, "a\nb"), (#""\65\066\x43""#, "ABC"), (#"'\u{20AC}\u{1F600}'"#, "€😀"), ("'a\\z \n  b'", "ab"),
            ("'a\\\r\nb'", "a\nb"), ("[[\nx\r\ny]]", "x\ny"), ("[==[]]]==]", "]]"), (#"'\'\"\\'"#, "'\"\\"),
        ])
    func strings(text: String, value: String) throws {
        #expect(try Self.words(text) == [.string(ByteString(value))])
    }

    @Test("the longest symbol is taken")
    func symbols() throws {
        #expect(
            try Self.words("...  .. . :: : // / <<= ~=") == [
                .symbol(.ellipsis), .symbol(.concat), .symbol(.dot), .symbol(.doubleColon), .symbol(.colon),
                .symbol(.doubleSlash), .symbol(.slash), .symbol(.shiftLeft), .symbol(.assign), .symbol(.notEqual),
            ])
    }

    @Test("lines are counted as editors count them, and a byte order mark is no word")
    func lines() throws {
        var lexer = LuaLexer([0xEF, 0xBB, 0xBF] + Array("a\r\nb\n\rc\nd [[\n]] e".utf8))
        var lines: [Int] = []
        while true {
            let next = try lexer.next()
            if next.kind == .end { break }
            lines.append(next.line)
        }
        #expect(lines == [1, 2, 3, 4, 4, 5])
    }
}

import Testing
import Value

@Suite("JSONSyntax") struct JSONSyntaxTests {
    @Test(
        "what the grammar takes is taken, though the reader cannot hold it",
        arguments: [
            "123456789012345678901234567890", "[-9223372036854775809]", "1e999", #"{"a":1,"a":2}"#,
            #"{"\ud800":"\udc00\u0041"}"#, " { \"a\" : [ ] , \"b\" : { } } \n",
        ])
    func beyondTheReader(text: String) throws {
        try JSONSyntax.check(Array(text.utf8))
    }

    @Test("nesting has no limit, and costs no stack")
    func deep() throws {
        let depth = 100_000
        let maps = String(repeating: #"{"a":["#, count: depth)
        try JSONSyntax.check(Array((maps + String(repeating: "]}", count: depth)).utf8))
        let error = #expect(throws: JSONError.self) { try JSONSyntax.check(Array(maps.utf8)) }
        #expect(error?.reason == .expected("a value"))
    }

    @Test(
        "what the grammar does not take is refused with its line and column",
        arguments: [
            ("", "line 1, column 1: expected a value"), ("[1,]", "line 1, column 4: expected a value"),
            ("[1 2]", "line 1, column 4: expected ',' or ']'"),
            ("{\"a\":1]", "line 1, column 7: expected ',' or '}'"),
            ("{\"a\":1,}", "line 1, column 8: expected a key in quotes"),
            ("{\"a\" 1}", "line 1, column 6: expected ':'"),
            ("[01]", "line 1, column 2: not a number as JSON writes it"),
            ("[1]]", "line 1, column 4: \(trailing)"),
            ("1\n\n x", "line 3, column 2: \(trailing)"), ("\"\\u00g0\"", "line 1, column 2: unknown escape sequence"),
            ("\"\\ud800\\u00\"", "line 1, column 8: unknown escape sequence"),
            ("\"a\tb\"", "line 1, column 3: control character 0x09 in a string"),
            ("[\"abc", "line 1, column 2: expected the closing quote of the string"),
            ("nul", "line 1, column 1: expected a value"), ("\u{FEFF}1", "line 1, column 1: expected a value"),
            // Past what the reader cannot hold, too.
            ("[1e999,{\"a\":1,\"a\":nil}]", "line 1, column 19: expected a value"),
        ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try JSONSyntax.check(Array(text.utf8)) }
        #expect(error?.description == message)
    }

    private static let trailing = "something follows the end of the value"

    @Test("it takes what the reader reads, and refuses what the reader finds malformed, in the same place")
    func agreesWithTheReader() throws {
        var random = SeededRandom(seed: 7)
        var counts = (read: 0, malformed: 0)
        for _ in 0..<3_000 {
            var bytes = try JSONWriter.write(random.value(depth: 4))
            for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            do throws(JSONError) {
                _ = try JSONReader.read(bytes)
                counts.read += 1
                try JSONSyntax.check(bytes)
            } catch {
                switch error.reason {
                case .duplicateKey, .tooDeep, .loneSurrogate, .numberTooLarge: continue
                default: break
                }
                counts.malformed += 1
                let other = #expect(throws: JSONError.self) { try JSONSyntax.check(bytes) }
                #expect(other == error)
            }
        }
        #expect(counts.read > 500 && counts.malformed > 500)
    }
}

import Testing
import Value

@Suite("JSONReader") struct JSONReaderTests {
    private func read(_ text: String) throws -> Value { try JSONReader.read(Array(text.utf8)) }

    @Test("every kind of value is read")
    func reads() throws {
        let value = try read(
            " {\"a\" : [ 1 , -2.5e1 , \"x\\n\\u00e9\\ud83d\\ude00\\/\" , true , false , null ] , \"b\" : { } }\n")
        #expect(value == ["a": [1, .number(-25), "x\né😀/", true, false, nil], "b": [:]])
    }

    @Test(
        "integers are exact over all 64 bits, other literals are doubles",
        arguments: [
            ("9223372036854775807", Value.integer(.max)), ("-9223372036854775808", .integer(.min)), ("-0", 0),
            ("1.0", .number(1)), ("1e3", .number(1000)), ("1E-2", .number(0.01)), ("0.5e+1", .number(5)),
            ("9007199254740993", 9_007_199_254_740_993), ("1e-999", .number(0)),
        ])
    func readsNumbers(text: String, expected: Value) throws {
        #expect(try read(text) == expected)
    }

    @Test(
        "what is not I-JSON is refused with its line and column",
        arguments: [
            ("", "line 1, column 1: expected a value"),
            ("{\"a\":1,\n \"a\":2}", "line 2, column 2: the key \"a\" occurs twice"),
            ("{\"a\":1,\"\\u0061\":2}", "line 1, column 8: the key \"a\" occurs twice"),
            (
                "[9223372036854775808]",
                "line 1, column 2: a number too large to hold exactly (64-bit integers, doubles)"
            ),
            ("-9223372036854775809", "line 1, column 1: a number too large to hold exactly (64-bit integers, doubles)"),
            ("1e999", "line 1, column 1: a number too large to hold exactly (64-bit integers, doubles)"),
            ("[\"é\", 01]", "line 1, column 7: not a number as JSON writes it"),
            ("[1.]", "line 1, column 2: not a number as JSON writes it"),
            ("[.5]", "line 1, column 2: expected a value"), ("[+1]", "line 1, column 2: expected a value"),
            ("1e", "line 1, column 1: not a number as JSON writes it"),
            ("-", "line 1, column 1: not a number as JSON writes it"),
            ("[1,]", "line 1, column 4: expected a value"), ("[1 2]", "line 1, column 4: expected ',' or ']'"),
            ("{a:1}", "line 1, column 2: expected a key in quotes"), ("{\"a\" 1}", "line 1, column 6: expected ':'"),
            ("{\"a\":1,}", "line 1, column 8: expected a key in quotes"),
            ("{\"a\":1]", "line 1, column 7: expected ',' or '}'"),
            ("\"\\ud800\"", "line 1, column 2: half of a surrogate pair"),
            ("\"\\ud800\\u0041\"", "line 1, column 2: half of a surrogate pair"),
            ("\"\\udc00\"", "line 1, column 2: half of a surrogate pair"),
            ("\"\\x41\"", "line 1, column 2: unknown escape sequence"),
            ("\"\\u00g0\"", "line 1, column 2: unknown escape sequence"),
            ("\"a\tb\"", "line 1, column 3: control character 0x09 in a string"),
            ("\"abc", "line 1, column 1: expected the closing quote of the string"),
            ("1\n\n x", "line 3, column 2: something follows the end of the value"),
            ("nul", "line 1, column 1: expected a value"), ("NaN", "line 1, column 1: expected a value"),
            ("\u{FEFF}1", "line 1, column 1: expected a value"),
        ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.description == message)
    }

    @Test(
        "bytes that are not UTF-8 are refused", arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
    func refusesBadUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONReader.read([0x22] + bytes + [0x22]) }
        #expect(error?.reason == .notUTF8)
    }

    @Test("nesting is limited")
    func limitsDepth() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try read(deep)
        let error = #expect(throws: JSONError.self) { try read("[\(deep)]") }
        #expect(error?.reason == .tooDeep(limit: 64))
        #expect(throws: JSONError.self) { try read(String(repeating: "{\"a\":[", count: 500_000)) }
        #expect(throws: JSONError.self) { try JSONReader.read(Array("[[1]]".utf8), depthLimit: 1) }
    }

    @Test("no text, however broken, does anything but be read or refused")
    func survivesMutations() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<3_000 {
            var bytes = try JSONWriter.write(random.value(depth: 4))
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...min(3, bytes.count), using: &random))
            if let value = try? JSONReader.read(bytes) { _ = try? JSONWriter.write(value) }
        }
    }

    @Test("a number of a million digits costs no more than its length")
    func readsLongNumbers() throws {
        let long = "0." + String(repeating: "1", count: 1_000_000)
        #expect(try read(long) == .number(0.1111111111111111))
    }
}

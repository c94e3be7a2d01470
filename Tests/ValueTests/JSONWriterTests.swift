import Testing
import Value

@Suite("JSONWriter") struct JSONWriterTests {
    private func text(_ value: Value) throws -> String {
        String(decoding: try JSONWriter.write(value), as: UTF8.self)
    }

    @Test("keys are sorted by bytes and nothing is spaced")
    func sortsKeys() throws {
        let value: Value = ["b": [1, nil, true, false], "a": ["é": "x", "z": [:]], "B": []]
        #expect(try text(value) == #"{"B":[],"a":{"z":{},"é":"x"},"b":[1,null,true,false]}"#)
    }

    @Test(
        "integers beyond what a double holds become strings of digits",
        arguments: [
            (0, "0"), (-7, "-7"), (9_007_199_254_740_991, "9007199254740991"),
            (-9_007_199_254_740_991, "-9007199254740991"), (9_007_199_254_740_992, "\"9007199254740992\""),
            (-9_007_199_254_740_992, "\"-9007199254740992\""), (Int64.max, "\"9223372036854775807\""),
            (Int64.min, "\"-9223372036854775808\""),
        ])
    func writesIntegers(integer: Int64, expected: String) throws {
        #expect(try text(.integer(integer)) == expected)
    }

    @Test(
        "doubles take ECMAScript's form, and an exponent from 2^53 on",
        arguments: [
            (1.0, "1"), (-0.0, "0"), (0.5, "0.5"), (-12.25, "-12.25"), (1e-6, "0.000001"), (1e-7, "1e-7"),
            (1.5e-7, "1.5e-7"), (.leastNonzeroMagnitude, "5e-324"), (0.1, "0.1"), (100.0, "100"),
            (123456.789, "123456.789"),
            (9_007_199_254_740_991.0, "9007199254740991"), (9_007_199_254_740_992.0, "9.007199254740992e+15"),
            (1e20, "1e+20"), (1e21, "1e+21"), (1.7976931348623157e308, "1.7976931348623157e+308"),
            (1.0 / 3.0, "0.3333333333333333"), (2251799813685248.5, "2251799813685248.5"),
        ])
    func writesDoubles(number: Double, expected: String) throws {
        #expect(try text(.number(number)) == expected)
        #expect(Double(expected) == number)
    }

    @Test("NaN and infinity are refused with their path", arguments: [Double.nan, .infinity, -.infinity])
    func refusesNonFinite(number: Double) {
        let error = #expect(throws: JSONError.self) {
            try JSONWriter.write(["facts": ["rates": [1, .number(number)]]])
        }
        #expect(error?.description == ".facts.rates[1]: NaN and infinity cannot be written as JSON")
    }

    @Test("what could deceive on a terminal is escaped, all else is not")
    func escapesStrings() throws {
        #expect(try text("a\"\\/é漢😀") == #""a\"\\/é漢😀""#)
        #expect(try text("\u{8}\t\n\u{c}\r\u{0}\u{1b}[2J\u{7f}") == #""\b\t\n\f\r\u0000\u001b[2J\u007f""#)
        #expect(
            try text("\u{85}\u{9b}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{200b}")
                == #""\u0085\u009b\u2028\u2029\u202e\u2066\ufeff\u200b""#)
    }

    @Test("bytes that are not UTF-8 become base64")
    func writesBytes() throws {
        #expect(try text(.string(ByteString(bytes: [0x61, 0xFF]))) == #"{"base64":"Yf8="}"#)
        for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
            #expect(try text(.string(ByteString(bytes: bytes))).hasPrefix("{\"base64\""))
        }
    }

    @Test("a key that is not UTF-8, and nesting beyond 64 levels, are refused")
    func refusesBadShapes() throws {
        #expect(throws: JSONError.self) { try JSONWriter.write(.map([ByteString(bytes: [0xFF]): 1])) }
        var value: Value = 1
        for _ in 0..<64 { value = .list([value]) }
        _ = try JSONWriter.write(value)
        #expect(throws: JSONError.self) { try JSONWriter.write(.list([value])) }
    }

    @Test("a value longer than wanted is refused without being written out")
    func limitsLength() throws {
        let long = Value.text(String(repeating: "x", count: 1 << 20))
        let huge = Value.list(Array(repeating: long, count: 1 << 20))
        let error = #expect(throws: JSONError.self) { try JSONWriter.write(huge, limit: 100) }
        #expect(error?.reason == .tooLong(limit: 100))
        #expect(try JSONWriter.write("abc", limit: 5).count == 5)
        #expect(throws: JSONError.self) { try JSONWriter.write("abcd", limit: 5) }
    }

    @Test("random values survive writing and reading, and are written again as the same bytes")
    func roundTrips() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            let value = random.value(depth: 5)
            let bytes = try JSONWriter.write(value)
            let read = try JSONReader.read(bytes)
            #expect(read == value)
            #expect(try JSONWriter.write(read) == bytes)
        }
    }

    @Test("random doubles read back as themselves")
    func roundTripsDoubles() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let read = try JSONReader.read(JSONWriter.write(.number(number)))
            switch read {
            case .number(let same): #expect(same == number)
            case .integer(let integer): #expect(Double(integer) == number)
            default: Issue.record("\(number) became \(read)")
            }
        }
    }
}

import KafkaClient
import Testing

@Suite struct PropertiesFileTests {
    @Test("a file means what java.util.Properties takes it for", arguments: JavaProperties.cases)
    func java(_ expected: JavaProperties.Case) throws {
        guard let entries = expected.entries else {
            #expect(throws: ConfigError.self) { try properties(expected.text) }
            return
        }
        let read = try properties(expected.text).entries
        #expect(read.map(\.key) == entries.map(\.0))
        #expect(read.map(\.value) == entries.map(\.1))
    }

    @Test("each entry knows the line it begins on")
    func lines() throws {
        let text = "# one\n\na=1\r\nb=x\\\n  y\\\r\n  z\n! seven\r\rc=3\n\\\n\nd"
        let read = try properties(text).entries
        #expect(read.map(\.key) == ["a", "b", "c", "d"])
        #expect(read.map(\.line) == [3, 4, 9, 12])
    }

    @Test("of two entries the last one counts")
    func duplicates() throws {
        let file = try properties("k=1\nk=2\n")
        #expect(file.entries.count == 2)
        #expect(file["k"]?.value == "2")
        #expect(file["absent"] == nil)
    }

    @Test("bytes that are not UTF-8 are refused with their line, in comments they do no harm")
    func encoding() throws {
        let broken = Array("# ".utf8) + [0xE4] + Array("\na=1\nb=".utf8) + [0xE4] + Array("\n".utf8)
        let error = #expect(throws: ConfigError.self) { try PropertiesFile(broken, path: "x.properties") }
        #expect(error?.reason == .encoding)
        #expect(error?.place == .file("x.properties", line: 3))
        #expect(try PropertiesFile(Array(broken[..<8]), path: "x").entries.map(\.value) == ["1"])
    }

    @Test(
        "half of a surrogate pair is refused", arguments: ["k=\\ud83d", "k=\\ude00", "k=\\ud83dx", "k=\\ud83d\\u0041"])
    func surrogates(_ text: String) {
        #expect(throws: ConfigError.self) { try properties(text) }
    }

    @Test("a byte order mark is no part of the first key")
    func byteOrderMark() throws {
        #expect(try PropertiesFile([0xEF, 0xBB, 0xBF] + Array("a=1".utf8), path: "x").entries.map(\.key) == ["a"])
    }

    @Test("a file of 256 KiB is read, one byte more is refused")
    func size() throws {
        let full = Array("a=1\n".utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: PropertiesFile.maximumSize - 4)
        #expect(try PropertiesFile(full, path: "x").entries.count == 1)
        let error = #expect(throws: ConfigError.self) { try PropertiesFile(full + [0x0A], path: "x") }
        #expect(error?.reason == .tooLarge)
    }

    @Test("random bytes are read or refused, and keys and values stay within the text")
    func noise() {
        var random = SeededRandom(seed: 41)
        let likely = Array("k=: \\#!\n\r\t\u{c}u0dD8\u{e4}".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : likely.randomElement(using: &random) ?? 0
            }
            guard let file = try? PropertiesFile(bytes, path: "x") else { continue }
            let size = file.entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            #expect(size <= bytes.count)
        }
    }

    private func properties(_ text: String) throws -> PropertiesFile {
        try PropertiesFile(Array(text.utf8), path: "client.properties")
    }
}

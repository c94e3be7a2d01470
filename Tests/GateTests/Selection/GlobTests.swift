import Gate
import Testing
import Value

@Suite("Glob")
struct GlobTests {
    private func matches(_ pattern: ByteString, _ name: ByteString) throws -> Bool { try Glob(pattern).matches(name) }

    @Test("stars, question marks and sets match as in a shell; dots are dots")
    func basics() throws {
        #expect(try matches("orders.*", "orders.eu") && !matches("orders.*", "orders"))
        #expect(try matches("*", "") && matches("**", "x") && matches("", "") && !matches("", "x"))
        #expect(try matches("a?c", "abc") && !matches("a?c", "ac"))
        #expect(try matches("[a-c]x", "bx") && !matches("[a-c]x", "dx"))
        #expect(try matches("[!a-c]x", "dx") && matches("[^a-c]x", "dx") && !matches("[!a-c]x", "ax"))
        #expect(try matches("[]a]", "]") && matches("[a-]", "-") && matches("[-a]", "-") && matches("[*]", "*"))
        #expect(try !matches("[*]", "x") && matches("[!]]", "a") && !matches("[!]]", "]"))
        #expect(try matches("*a*b*", "xxaxxbxx") && !matches("*a*b", "xxaxxbxx"))
    }

    @Test("bytes are compared, not characters")
    func bytes() throws {
        #expect(try !matches("é", "e\u{301}"))
        #expect(try matches("??", "é") && !matches("?", "é"))
        #expect(try Glob("*").matches(ByteString(bytes: [0xFF, 0x00])))
    }

    @Test("a set without end and a range that runs backwards are errors", arguments: ["[", "[a", "[]", "[!]", "[z-a]"])
    func malformed(pattern: String) { #expect(throws: GateError.self) { try Glob(ByteString(pattern)) } }

    @Test("a pattern of many stars takes no exponential time")
    func hostile() throws {
        let pattern = ByteString(String(repeating: "a*", count: 500) + "b")
        let name = ByteString(String(repeating: "a", count: 5000))
        let clock = ContinuousClock()
        let glob = try Glob(pattern)
        let took = clock.measure { #expect(!glob.matches(name)) }
        #expect(took < .seconds(60))
    }

    /// The plainest definition there is, by recursion.
    private func oracle(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case UInt8(ascii: "*"):
            return (0...name.count).contains { oracle(rest, name.dropFirst($0)) }
        case UInt8(ascii: "?"): return !name.isEmpty && oracle(rest, name.dropFirst())
        case UInt8(ascii: "["):
            // The patterns of this test have sets of the forms [xy], [x-y] and [!xy] only.
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")), let byte = name.first else { return false }
            var set = Array(rest[..<end])
            let isNegated = set.first == UInt8(ascii: "!")
            if isNegated { set.removeFirst() }
            let isMember = set.count == 3 ? (set[0]...set[2]).contains(byte) : set.contains(byte)
            return isMember != isNegated && oracle(rest[(end + 1)...], name.dropFirst())
        default: return name.first == first && oracle(rest, name.dropFirst())
        }
    }

    @Test("a glob agrees with its definition on random small cases")
    func random() throws {
        var random = SeededGenerator(seed: 7)
        let parts = ["a", "b", "c", "*", "*", "?", "[ab]", "[a-b]", "[!ab]", "[!c]"]
        var matched = 0
        for _ in 0..<20_000 {
            let pattern = ByteString(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
                    .joined())
            let name = ByteString(
                (0..<Int.random(in: 0...7, using: &random)).map { _ in
                    ["a", "b", "c"].randomElement(using: &random) ?? ""
                }.joined())
            let expected = oracle(pattern.bytes[...], name.bytes[...])
            #expect(try matches(pattern, name) == expected, "\(pattern) on \(name)")
            matched += expected ? 1 : 0
        }
        #expect((1000..<19_000).contains(matched))
    }
}

/// Cuts `sasl.jaas.config` into tokens as Kafka does, with a Java `StreamTokenizer`: quoted strings with escapes, bare
/// words of letters, digits and `. _ - $`, `//` and `/* */` comments.
///
/// Where Java would go on with something the writer did not mean (a number has no text, a lone `/` starts a comment, a
/// line end closes a quote) this throws. Messages quote nothing: any piece may be part of a password.
struct JaasLexer {
    enum Token: Hashable {
        /// A word, bare or quoted: its text, and where that stands in the value, quotes excluded.
        case word([UInt8], Range<Int>)
        case symbol(UInt8)
        case end
    }

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(ConfigError) -> Token {
        try skipBlanksAndComments()
        guard at < bytes.count else { return .end }
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted()
        case UInt8(ascii: "="), UInt8(ascii: ";"):
            at += 1
            return .symbol(bytes[at - 1])
        case let byte where byte.startsWord:
            let start = at
            while at < bytes.count, bytes[at].continuesWord { at += 1 }
            return .word(Array(bytes[start..<at]), start..<at)
        default:
            throw ConfigError(
                .syntax, "character \(at + 1) must stand in quotes",
                hint: "put every value in double quotes: password=\"…\"")
        }
    }

    private mutating func skipBlanksAndComments() throws(ConfigError) {
        while at < bytes.count {
            if bytes[at] <= 0x20 {
                at += 1
            } else if bytes[at...].starts(with: "//".utf8) {
                while at < bytes.count, bytes[at] != 0x0A, bytes[at] != 0x0D { at += 1 }
            } else if bytes[at...].starts(with: "/*".utf8) {
                at += 2
                while at < bytes.count, !bytes[at...].starts(with: "*/".utf8) { at += 1 }
                guard at < bytes.count else { throw ConfigError(.syntax, "a /* comment has no end") }
                at += 2
            } else {
                return
            }
        }
    }

    private mutating func quoted() throws(ConfigError) -> Token {
        let quote = bytes[at]
        at += 1
        let start = at
        var text: [UInt8] = []
        while at < bytes.count, bytes[at] != quote, bytes[at] != 0x0A, bytes[at] != 0x0D {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\\"), at < bytes.count { appendEscape(to: &text) } else { text.append(byte) }
        }
        guard at < bytes.count, bytes[at] == quote else {
            throw ConfigError(
                .syntax, "the quote at character \(start) is not closed",
                hint:
                    "within quotes, a quote is \\\" and a backslash \\\\; in a properties file each \\ is written twice"
            )
        }
        at += 1
        return .word(text, start..<(at - 1))
    }

    private mutating func appendEscape(to text: inout [UInt8]) {
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "a"): text.append(0x07)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "v"): text.append(0x0B)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            // Up to three octal digits that fit a byte; above 127 they name a character, which takes two in UTF-8.
            var code = UInt32(byte & 7)
            let longest = byte <= UInt8(ascii: "3") ? 2 : 1
            for _ in 0..<longest {
                guard at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[at]) else { break }
                code = code * 8 + UInt32(bytes[at] & 7)
                at += 1
            }
            text.append(contentsOf: String(UnicodeScalar(UInt8(truncatingIfNeeded: code))).utf8)
        default: text.append(byte)
        }
    }
}

extension UInt8 {
    fileprivate var startsWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...: true
        default: false
        }
    }

    fileprivate var continuesWord: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: startsWord
        }
    }
}

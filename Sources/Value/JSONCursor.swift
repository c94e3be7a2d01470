/// A place in a text of JSON, and the tokens that are read there: what the reader and the syntax have in common.
struct JSONCursor {
    let bytes: [UInt8]
    private(set) var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    mutating func word(_ text: StaticString) throws(JSONError) {
        guard bytes[index...].starts(with: text.description.utf8) else { throw error(.expected("a value")) }
        index += text.description.utf8.count
    }

    /// A number with its sign, and whether it has neither a fraction nor an exponent.
    mutating func number() throws(JSONError) -> (literal: Range<Int>, isInteger: Bool) {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let whole = index
        guard skipDigits() > 0, bytes[whole] != UInt8(ascii: "0") || index == whole + 1 else {
            throw error(.badNumber, at: start)
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard skipDigits() > 0 else { throw error(.badNumber, at: start) }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw error(.badNumber, at: start) }
        }
        return (start..<index, isInteger)
    }

    /// What stands between the quotes, and whether there are escapes in it; each of them is a known one.
    mutating func string() throws(JSONError) -> (content: Range<Int>, hasEscapes: Bool) {
        let start = index
        var hasEscapes = false
        index += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return (start + 1..<index - 1, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0x00...0x1F: throw error(.controlCharacter(byte))
            case 0x20...0x7F: index += 1
            default:
                guard let scalar = UTF8Scan.scalar(in: bytes, at: index) else { throw error(.notUTF8) }
                index += scalar.count
            }
        }
        throw error(.expected("the closing quote of the string"), at: start)
    }

    func error(_ reason: JSONError.Reason, at position: Int? = nil) -> JSONError {
        let before = bytes[..<(position ?? index)]
        let line = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(
            reason,
            at: .text(
                line: before.count { $0 == 0x0A } + 1,
                // Continuation bytes belong to the character before them.
                column: before[line...].count { $0 & 0xC0 != 0x80 } + 1))
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    private mutating func skipEscape() throws(JSONError) {
        guard index + 1 < bytes.count else { throw error(.badEscape) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "t"),
            UInt8(ascii: "n"), UInt8(ascii: "f"), UInt8(ascii: "r"):
            index += 2
        case UInt8(ascii: "u"):
            let digits = bytes[(index + 2)...].prefix(4)
            guard digits.count == 4, digits.allSatisfy({ Hex.digit($0) != nil }) else { throw error(.badEscape) }
            index += 6
        default: throw error(.badEscape)
        }
    }
}

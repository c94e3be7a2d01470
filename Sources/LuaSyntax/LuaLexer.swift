import Value

/// Takes a text apart into the words of Lua 5.4, and keeps the comments.
///
/// Any bytes will do: what is no Lua is an error with its line.
package struct LuaLexer {
    private let source: [UInt8]
    private var at = 0
    private var line = 1
    package private(set) var comments: [LuaComment] = []

    package init(_ source: [UInt8]) {
        self.source = source
        // As the host does, which strips the byte order mark that some editors write.
        if source.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? { at + ahead < source.count ? source[at + ahead] : nil }

    private func error(_ message: String, unfinished: Bool = false) -> LuaSyntaxError {
        LuaSyntaxError(message: message, line: line, isUnfinished: unfinished)
    }

    /// The next word; at the end of the text `.end`, again and again.
    package mutating func next() throws(LuaSyntaxError) -> LuaLexeme {
        try skipBlanks()
        let (start, startLine) = (at, line)
        let kind = try kind()
        return LuaLexeme(kind: kind, line: startLine, range: start..<at)
    }

    private mutating func kind() throws(LuaSyntaxError) -> LuaLexeme.Kind {
        guard let first = byte() else { return .end }
        if LuaBytes.isNameStart(first) { return name() }
        if LuaBytes.isDigit(first) || first == UInt8(ascii: ".") && byte(1).map(LuaBytes.isDigit) == true {
            return try numeral()
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return .string(try quoted(first)) }
        if let level = longBracket() { return .string(try long(level, what: "string")) }
        if first == UInt8(ascii: "["), byte(1) == UInt8(ascii: "=") { throw error("invalid long string delimiter") }
        return .symbol(try symbol())
    }

    // MARK: Blanks and comments

    private mutating func newline() {
        let first = byte()
        at += 1
        // `\r\n` and `\n\r` are one.
        if let second = byte(), LuaBytes.isNewline(second), second != first { at += 1 }
        line += 1
    }

    private mutating func skipBlanks() throws(LuaSyntaxError) {
        while let next = byte() {
            switch next {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): newline()
            case 0x20, 0x09, 0x0B, 0x0C: at += 1
            case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): try comment()
            default: return
            }
        }
    }

    private mutating func comment() throws(LuaSyntaxError) {
        let (start, startLine) = (at, line)
        let before = source[..<start].reversed().prefix { !LuaBytes.isNewline($0) }
        let standsAlone = before.allSatisfy { $0 == 0x20 || $0 == 0x09 }
        at += 2
        let text: ByteString
        if let level = longBracket() {
            text = try long(level, what: "comment")
        } else {
            let begin = at
            while let next = byte(), !LuaBytes.isNewline(next) { at += 1 }
            text = ByteString(bytes: Array(source[begin..<at]))
        }
        comments.append(LuaComment(text: text, line: startLine, standsAlone: standsAlone))
    }

    // MARK: Names, numbers, symbols

    private mutating func name() -> LuaLexeme.Kind {
        let start = at
        while let next = byte(), LuaBytes.isName(next) { at += 1 }
        let text = ByteString(bytes: Array(source[start..<at]))
        return LuaLexeme.Word(rawValue: text.description).map { .word($0) } ?? .name(text)
    }

    private mutating func numeral() throws(LuaSyntaxError) -> LuaLexeme.Kind {
        let start = at
        let isHex = byte() == UInt8(ascii: "0") && byte(1).map { $0 | 0x20 } == UInt8(ascii: "x")
        let exponent = isHex ? UInt8(ascii: "p") : UInt8(ascii: "e")
        if isHex { at += 2 }
        while let next = byte() {
            if next | 0x20 == exponent, LuaBytes.isNameStart(next) {
                at += 1
                if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { at += 1 }
            } else if LuaBytes.hexDigit(next) != nil || next == UInt8(ascii: ".") {
                at += 1
            } else {
                break
            }
        }
        // A letter that touches it makes it malformed.
        while let next = byte(), LuaBytes.isName(next) { at += 1 }
        switch LuaNumeral.read(source[start..<at]) {
        case .integer(let integer)?: return .integer(integer)
        case .float(let float)?: return .float(float)
        case nil: throw error("malformed number near '\(String(decoding: source[start..<at], as: UTF8.self))'")
        }
    }

    private mutating func symbol() throws(LuaSyntaxError) -> LuaLexeme.Symbol {
        // The longest that fits.
        for count in [3, 2, 1] where at + count <= source.count {
            let text = String(decoding: source[at..<at + count], as: UTF8.self)
            guard let symbol = LuaLexeme.Symbol(rawValue: text) else { continue }
            at += count
            return symbol
        }
        let byte = source[at]
        throw error(
            (0x21..<0x7F).contains(byte)
                ? "unexpected symbol near '\(String(decoding: [byte], as: UTF8.self))'"
                : "unexpected symbol near '<\\\(byte)>'")
    }

    // MARK: Strings

    /// The number of `=` of a long bracket that opens here.
    private func longBracket() -> Int? {
        guard byte() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// What stands between long brackets; a newline right behind the first is dropped, each other is one `\n`.
    private mutating func long(_ level: Int, what: String) throws(LuaSyntaxError) -> ByteString {
        let startLine = line
        at += level + 2
        if let next = byte(), LuaBytes.isNewline(next) { newline() }
        var text: [UInt8] = []
        while let next = byte() {
            if next == UInt8(ascii: "]"), closes(level) {
                at += level + 2
                return ByteString(bytes: text)
            }
            if LuaBytes.isNewline(next) {
                newline()
                text.append(UInt8(ascii: "\n"))
            } else {
                at += 1
                text.append(next)
            }
        }
        throw error("unfinished long \(what) (starting at line \(startLine))", unfinished: true)
    }

    private func closes(_ level: Int) -> Bool {
        for ahead in 0..<level where byte(1 + ahead) != UInt8(ascii: "=") { return false }
        return byte(1 + level) == UInt8(ascii: "]")
    }

    private mutating func quoted(_ quote: UInt8) throws(LuaSyntaxError) -> ByteString {
        at += 1
        var text: [UInt8] = []
        while let next = byte() {
            if next == quote {
                at += 1
                return ByteString(bytes: text)
            }
            if LuaBytes.isNewline(next) { break }
            if next == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                at += 1
                text.append(next)
            }
        }
        throw error("unfinished string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(LuaSyntaxError) {
        at += 1
        guard let next = byte() else { throw error("unfinished string") }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
            UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 0x5C,
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
        ]
        if let byte = simple[next] {
            at += 1
            text.append(byte)
        } else if LuaBytes.isNewline(next) {
            newline()
            text.append(UInt8(ascii: "\n"))
        } else if next == UInt8(ascii: "z") {
            at += 1
            while let blank = byte(), blank == 0x20 || (0x09...0x0D).contains(blank) {
                if LuaBytes.isNewline(blank) { newline() } else { at += 1 }
            }
        } else if next == UInt8(ascii: "x") {
            at += 1
            text.append(try hexEscape())
        } else if next == UInt8(ascii: "u") {
            at += 1
            text += try unicodeEscape()
        } else if LuaBytes.isDigit(next) {
            text.append(try decimalEscape())
        } else {
            throw error("invalid escape sequence")
        }
    }

    private mutating func hexEscape() throws(LuaSyntaxError) -> UInt8 {
        var value: UInt8 = 0
        for _ in 0..<2 {
            guard let digit = byte().flatMap(LuaBytes.hexDigit) else { throw error("hexadecimal digit expected") }
            at += 1
            value = value << 4 | digit
        }
        return value
    }

    private mutating func decimalEscape() throws(LuaSyntaxError) -> UInt8 {
        var value = 0
        for _ in 0..<3 {
            guard let next = byte(), LuaBytes.isDigit(next) else { break }
            at += 1
            value = value * 10 + Int(next - UInt8(ascii: "0"))
        }
        guard let byte = UInt8(exactly: value) else { throw error("decimal escape too large") }
        return byte
    }

    /// `\u{…}`: up to 2^31, in the long form of UTF-8 that goes so far.
    private mutating func unicodeEscape() throws(LuaSyntaxError) -> [UInt8] {
        guard byte() == UInt8(ascii: "{") else { throw error("missing '{' in \\u{xxxx}") }
        at += 1
        var value: UInt32 = 0
        guard byte().flatMap(LuaBytes.hexDigit) != nil else { throw error("hexadecimal digit expected") }
        while let digit = byte().flatMap(LuaBytes.hexDigit) {
            guard value <= 0x7FF_FFFF else { throw error("UTF-8 value too large") }
            at += 1
            value = value << 4 | UInt32(digit)
        }
        guard byte() == UInt8(ascii: "}") else { throw error("missing '}' in \\u{xxxx}") }
        at += 1
        return Self.utf8(value)
    }

    private static func utf8(_ value: UInt32) -> [UInt8] {
        guard value >= 0x80 else { return [UInt8(value)] }
        var (rest, largest) = (value, UInt32(0x3F))
        var tail: [UInt8] = []
        repeat {
            tail.append(UInt8(0x80 | (rest & 0x3F)))
            rest >>= 6
            largest >>= 1
        } while rest > largest
        let head = UInt8(truncatingIfNeeded: (~largest << 1) | rest)
        return [head] + tail.reversed()
    }
}

import Value

/// A word of a Lua or JSON text, as far as `sluice check` has to tell words apart.
struct LuaToken: Hashable {
    enum Kind: Hashable { case name, number, string, symbol }

    let kind: Kind
    /// Of a string what is between its quotes, escapes as written.
    let text: ByteString
    /// From 1.
    let line: Int
}

/// Takes a text apart that Lua has already found to be Lua; on any other it finds some words and ends all the same.
struct LuaTokens {
    private let source: [UInt8]
    private var at = 0
    private var line = 1

    private init(_ source: [UInt8]) { self.source = source }

    static func read(_ source: [UInt8]) -> [LuaToken] {
        var reader = LuaTokens(source)
        var tokens: [LuaToken] = []
        while let token = reader.next() { tokens.append(token) }
        return tokens
    }

    private func byte(_ ahead: Int = 0) -> UInt8? { at + ahead < source.count ? source[at + ahead] : nil }

    private func starts(_ text: StaticString) -> Bool {
        let text = text.description.utf8
        return source.count - at >= text.count && source[at...].prefix(text.count).elementsEqual(text)
    }

    private mutating func step(_ count: Int = 1) {
        for _ in 0..<count where at < source.count {
            if source[at] == UInt8(ascii: "\n") { line += 1 }
            at += 1
        }
    }

    private mutating func next() -> LuaToken? {
        skipBlanks()
        guard let first = byte() else { return nil }
        let (start, startLine) = (at, line)
        func token(_ kind: LuaToken.Kind, _ range: Range<Int>) -> LuaToken {
            LuaToken(kind: kind, text: ByteString(bytes: Array(source[range])), line: startLine)
        }
        if Self.isWord(first) {
            let isNumber = Self.isDigit(first)
            while let next = byte(), Self.isWord(next) || isNumber && continuesNumber(next, from: start) { step() }
            return token(isNumber ? .number : .name, start..<at)
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            step()
            while let next = byte(), next != first { step(next == UInt8(ascii: "\\") ? 2 : 1) }
            let end = at
            step()
            return token(.string, start + 1..<max(start + 1, end))
        }
        if let level = longBracket() {
            let inside = skipLong(level)
            return token(.string, inside)
        }
        step(starts("//") || starts("==") ? 2 : 1)
        return token(.symbol, start..<at)
    }

    /// `1.5`, `1e+6`, `0x1p-4`.
    private func continuesNumber(_ next: UInt8, from start: Int) -> Bool {
        if next == UInt8(ascii: ".") { return true }
        guard next == UInt8(ascii: "+") || next == UInt8(ascii: "-") else { return false }
        let isHex =
            source[start...].prefix(2).elementsEqual("0x".utf8) || source[start...].prefix(2).elementsEqual("0X".utf8)
        let exponent = source[at - 1] | 0x20
        return exponent == (isHex ? UInt8(ascii: "p") : UInt8(ascii: "e"))
    }

    private mutating func skipBlanks() {
        while let next = byte() {
            if starts("--") {
                step(2)
                if let level = longBracket() {
                    _ = skipLong(level)
                } else {
                    while let next = byte(), next != UInt8(ascii: "\n") { step() }
                }
            } else if next <= 0x20 {
                step()
            } else {
                return
            }
        }
    }

    /// The number of `=` of a long bracket that opens here.
    private func longBracket() -> Int? {
        guard byte() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func skipLong(_ level: Int) -> Range<Int> {
        step(level + 2)
        let start = at
        let close = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        while at < source.count, !source[at...].starts(with: close) { step() }
        let end = at
        step(close.count)
        return start..<end
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

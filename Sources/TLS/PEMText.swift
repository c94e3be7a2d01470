/// PEM as people put it into settings: on one line, with spaces or `\n` where the line breaks were.
enum PEMText {
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)

    static func isPEM(_ bytes: [UInt8]) -> Bool { find(begin, in: bytes[...]) != nil }

    /// The same blocks, each with its lines as OpenSSL wants them; what stands around them is left out.
    ///
    /// A block with headers of its own (`Proc-Type:`) is left as it is: its line breaks cannot be guessed.
    static func wrapped(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var output: [UInt8] = []
        while let start = find(begin, in: rest) {
            rest = rest[start...]
            guard let labelEnd = find(dashes, in: rest.dropFirst(begin.count)),
                let bodyEnd = find(end, in: rest[labelEnd...]),
                let blockEnd = find(dashes, in: rest[(bodyEnd + end.count)...])
            else { break }
            let head = rest[..<(labelEnd + dashes.count)]
            let body = rest[(labelEnd + dashes.count)..<bodyEnd]
            let tail = rest[bodyEnd..<(blockEnd + dashes.count)]
            output += head + [newline]
            output += body.contains(UInt8(ascii: ":")) ? Array(trimmed(body)) + [newline] : lines(of: body)
            output += tail + [newline]
            rest = rest[(blockEnd + dashes.count)...]
        }
        return output
    }

    private static let newline = UInt8(ascii: "\n")

    /// Base 64 in lines of 64, whatever stood between its digits.
    private static func lines(of body: ArraySlice<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        var previous: UInt8 = 0
        for byte in body {
            let isEscape = previous == UInt8(ascii: "\\") && (byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r"))
            if byte > 0x20, byte != UInt8(ascii: "\\"), !isEscape { digits.append(byte) }
            previous = byte
        }
        var lines: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 64) {
            lines += digits[start..<min(start + 64, digits.count)] + [newline]
        }
        return lines
    }

    /// Line breaks around headers have a meaning, those before them and after the last digit have none.
    private static func trimmed(_ body: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let text = body.drop { $0 <= 0x20 }
        guard let last = text.lastIndex(where: { $0 > 0x20 }) else { return [] }
        return text[...last]
    }

    private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= pattern.count, let first = pattern.first else { return nil }
        var from = bytes.startIndex
        while let at = bytes[from...].firstIndex(of: first), bytes.endIndex - at >= pattern.count {
            if bytes[at...].starts(with: pattern) { return at }
            from = at + 1
        }
        return nil
    }
}

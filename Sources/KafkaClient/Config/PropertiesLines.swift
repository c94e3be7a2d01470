/// Cuts a properties file into logical lines: without comments, blank lines and leading blanks, continuations joined.
///
/// Byte for byte what `Properties.LineReader` does, its quirks included: a comment may follow a line that is nothing
/// but a backslash, an empty continuation ends the line, a last backslash before the end of the file is dropped.
struct PropertiesLines {
    struct Line {
        var bytes: [UInt8]
        /// Where it begins, from 1.
        var number: Int
    }

    private var rest: ArraySlice<UInt8>
    private var number = 1

    init(_ bytes: [UInt8]) {
        // A byte order mark is no part of the first key.
        rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    }

    mutating func next() -> Line? {
        var line = Line(bytes: [], number: number)
        var skipsBlanks = true
        var isContinuation = false
        var endsInBackslash = false
        while let byte = rest.popFirst() {
            if skipsBlanks {
                if byte == 0x20 || byte == 0x09 || byte == 0x0C { continue }
                if !isContinuation, byte.endsLine {
                    countLine(after: byte)
                    continue
                }
                skipsBlanks = false
                isContinuation = false
            }
            if line.bytes.isEmpty, byte == UInt8(ascii: "#") || byte == UInt8(ascii: "!") {
                skipComment()
                skipsBlanks = true
                continue
            }
            guard byte.endsLine else {
                if line.bytes.isEmpty { line.number = number }
                line.bytes.append(byte)
                endsInBackslash = byte == UInt8(ascii: "\\") && !endsInBackslash
                continue
            }
            let isLast = rest.isEmpty
            countLine(after: byte)
            if line.bytes.isEmpty {
                skipsBlanks = true
            } else if endsInBackslash {
                line.bytes.removeLast()
                if isLast { return line }
                skipsBlanks = true
                isContinuation = true
                endsInBackslash = false
            } else {
                return line
            }
        }
        // A backslash alone at the end of the file leaves an entry without key and value.
        if endsInBackslash {
            line.bytes.removeLast()
            return line
        }
        return line.bytes.isEmpty ? nil : line
    }

    /// CR LF is one line end.
    private mutating func countLine(after end: UInt8) {
        if end == 0x0D, rest.first == 0x0A { rest.removeFirst() }
        number += 1
    }

    private mutating func skipComment() {
        while let byte = rest.popFirst() {
            guard byte.endsLine else { continue }
            countLine(after: byte)
            return
        }
    }
}

extension UInt8 {
    fileprivate var endsLine: Bool { self == 0x0A || self == 0x0D }
}

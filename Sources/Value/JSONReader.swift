/// Reads JSON strictly: RFC 8259 with the rules of I-JSON (RFC 7493), so that nothing can be read in two ways.
///
/// Refused: a key that occurs twice, an integer literal beyond 64 bits, a number beyond a double, half a surrogate pair,
/// bytes that are not UTF-8, a byte order mark, anything after the value, nesting beyond the limit. A literal with a
/// fraction or an exponent is a `.number`, every other one an exact `.integer`.
package struct JSONReader {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var index = 0

    private init(_ bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// Reads one value, which must be the whole text but for white space around it.
    package static func read(_ bytes: [UInt8], depthLimit: Int = 64) throws(JSONError) -> Value {
        var reader = JSONReader(bytes, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == bytes.count else { throw reader.error(.trailingBytes) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> Value {
        skipSpace()
        switch peek ?? 0 {
        case UInt8(ascii: "{"): return try map(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(ByteString(bytes: try string()))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error(.expected("a value"))
        }
    }

    private mutating func map(depth: Int) throws(JSONError) -> Value {
        guard depth < depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
        index += 1
        var entries: [ByteString: Value] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .map(entries) }
        while true {
            skipSpace()
            let start = index
            guard peek == UInt8(ascii: "\"") else { throw error(.expected("a key in quotes")) }
            let key = ByteString(bytes: try string())
            guard entries[key] == nil else { throw error(.duplicateKey(key), at: start) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error(.expected("':'")) }
            entries[key] = try value(depth: depth + 1)
            skipSpace()
            if take(UInt8(ascii: "}")) { return .map(entries) }
            guard take(UInt8(ascii: ",")) else { throw error(.expected("',' or '}'")) }
        }
    }

    private mutating func list(depth: Int) throws(JSONError) -> Value {
        guard depth < depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
        index += 1
        var elements: [Value] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .list(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .list(elements) }
            guard take(UInt8(ascii: ",")) else { throw error(.expected("',' or ']'")) }
        }
    }

    private mutating func word(_ text: StaticString, _ value: Value) throws(JSONError) -> Value {
        guard bytes[index...].starts(with: text.description.utf8) else { throw error(.expected("a value")) }
        index += text.description.utf8.count
        return value
    }

    private mutating func number() throws(JSONError) -> Value {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
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
        if isInteger { return .integer(try integer(bytes[whole..<index], isNegative: isNegative, from: start)) }
        guard let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            throw error(.badNumber, at: start)
        }
        guard number.isFinite else { throw error(.numberTooLarge, at: start) }
        return .number(number)
    }

    private func integer(_ digits: ArraySlice<UInt8>, isNegative: Bool, from start: Int) throws(JSONError) -> Int64 {
        var value: Int64 = 0
        for byte in digits {
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            // Towards the sign, because the least integer has no positive twin.
            let (next, beyond) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !beyond else { throw error(.numberTooLarge, at: start) }
            value = next
        }
        return value
    }

    private mutating func string() throws(JSONError) -> [UInt8] {
        let start = index
        index += 1
        var text: [UInt8] = []
        var copied = index
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                text += bytes[copied..<index]
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += bytes[copied..<index]
                try escape(into: &text)
                copied = index
            case 0x00...0x1F: throw error(.controlCharacter(byte))
            case 0x20...0x7F: index += 1
            default:
                guard let scalar = UTF8Scan.scalar(in: bytes, at: index) else { throw error(.notUTF8) }
                index += scalar.count
            }
        }
        throw error(.expected("the closing quote of the string"), at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = index
        guard index + 1 < bytes.count else { throw error(.badEscape) }
        let byte = bytes[index + 1]
        index += 2
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "u"):
            guard var code = unit() else { throw error(.badEscape, at: start) }
            if code & 0xFC00 == 0xD800, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = unit(),
                low & 0xFC00 == 0xDC00
            {
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error(.loneSurrogate, at: start) }
            text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        default: throw error(.badEscape, at: start)
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() -> UInt32? {
        guard bytes.count - index >= 4 else { return nil }
        var code: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Hex.digit(byte) else { return nil }
            code = code << 4 | UInt32(digit)
        }
        index += 4
        return code
    }
}

extension JSONReader {
    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    private func error(_ reason: JSONError.Reason, at position: Int? = nil) -> JSONError {
        let before = bytes[..<(position ?? index)]
        let line = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(
            reason,
            at: .text(
                line: before.count { $0 == 0x0A } + 1,
                // Continuation bytes belong to the character before them.
                column: before[line...].count { $0 & 0xC0 != 0x80 } + 1))
    }
}

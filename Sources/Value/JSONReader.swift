/// Reads JSON strictly: RFC 8259 with the rules of I-JSON (RFC 7493), so that nothing can be read in two ways.
///
/// Refused: a key that occurs twice, an integer literal beyond 64 bits, a number beyond a double, half a surrogate pair,
/// bytes that are not UTF-8, a byte order mark, anything after the value, nesting beyond the limit. A literal with a
/// fraction or an exponent is a `.number`, every other one an exact `.integer`.
package struct JSONReader {
    private var cursor: JSONCursor
    private let depthLimit: Int

    private init(_ bytes: [UInt8], depthLimit: Int) {
        cursor = JSONCursor(bytes)
        self.depthLimit = depthLimit
    }

    /// Reads one value, which must be the whole text but for white space around it.
    package static func read(_ bytes: [UInt8], depthLimit: Int = 64) throws(JSONError) -> Value {
        var reader = JSONReader(bytes, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.cursor.skipSpace()
        guard reader.cursor.index == bytes.count else { throw reader.cursor.error(.trailingBytes) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> Value {
        cursor.skipSpace()
        switch cursor.peek ?? 0 {
        case UInt8(ascii: "{"): return try map(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(ByteString(bytes: try string()))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw cursor.error(.expected("a value"))
        }
    }

    private mutating func map(depth: Int) throws(JSONError) -> Value {
        guard depth < depthLimit else { throw cursor.error(.tooDeep(limit: depthLimit)) }
        _ = cursor.take(UInt8(ascii: "{"))
        var entries: [ByteString: Value] = [:]
        cursor.skipSpace()
        if cursor.take(UInt8(ascii: "}")) { return .map(entries) }
        while true {
            cursor.skipSpace()
            let start = cursor.index
            guard cursor.peek == UInt8(ascii: "\"") else { throw cursor.error(.expected("a key in quotes")) }
            let key = ByteString(bytes: try string())
            guard entries[key] == nil else { throw cursor.error(.duplicateKey(key), at: start) }
            cursor.skipSpace()
            guard cursor.take(UInt8(ascii: ":")) else { throw cursor.error(.expected("':'")) }
            entries[key] = try value(depth: depth + 1)
            cursor.skipSpace()
            if cursor.take(UInt8(ascii: "}")) { return .map(entries) }
            guard cursor.take(UInt8(ascii: ",")) else { throw cursor.error(.expected("',' or '}'")) }
        }
    }

    private mutating func list(depth: Int) throws(JSONError) -> Value {
        guard depth < depthLimit else { throw cursor.error(.tooDeep(limit: depthLimit)) }
        _ = cursor.take(UInt8(ascii: "["))
        var elements: [Value] = []
        cursor.skipSpace()
        if cursor.take(UInt8(ascii: "]")) { return .list(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            cursor.skipSpace()
            if cursor.take(UInt8(ascii: "]")) { return .list(elements) }
            guard cursor.take(UInt8(ascii: ",")) else { throw cursor.error(.expected("',' or ']'")) }
        }
    }

    private mutating func word(_ text: StaticString, _ value: Value) throws(JSONError) -> Value {
        try cursor.word(text)
        return value
    }

    private mutating func number() throws(JSONError) -> Value {
        let (literal, isInteger) = try cursor.number()
        if isInteger { return .integer(try integer(literal)) }
        guard let number = Double(String(decoding: cursor.bytes[literal], as: UTF8.self)) else {
            throw cursor.error(.badNumber, at: literal.lowerBound)
        }
        guard number.isFinite else { throw cursor.error(.numberTooLarge, at: literal.lowerBound) }
        return .number(number)
    }

    private func integer(_ literal: Range<Int>) throws(JSONError) -> Int64 {
        let isNegative = cursor.bytes[literal.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in cursor.bytes[literal].dropFirst(isNegative ? 1 : 0) {
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            // Towards the sign, because the least integer has no positive twin.
            let (next, beyond) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !beyond else { throw cursor.error(.numberTooLarge, at: literal.lowerBound) }
            value = next
        }
        return value
    }

    private mutating func string() throws(JSONError) -> [UInt8] {
        let (content, hasEscapes) = try cursor.string()
        guard hasEscapes else { return Array(cursor.bytes[content]) }
        var text: [UInt8] = []
        var index = content.lowerBound
        while index < content.upperBound {
            let plain = cursor.bytes[index..<content.upperBound].prefix { $0 != UInt8(ascii: "\\") }
            text += plain
            index = plain.endIndex
            if index < content.upperBound { try escape(at: &index, into: &text) }
        }
        return text
    }

    /// One of those that the cursor has let through.
    private func escape(at index: inout Int, into text: inout [UInt8]) throws(JSONError) {
        let start = index
        let byte = cursor.bytes[index + 1]
        index += 2
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "u"):
            var code = unit(at: index)
            index += 4
            if code & 0xFC00 == 0xD800, cursor.bytes[index...].starts(with: "\\u".utf8) {
                let low = unit(at: index + 2)
                if low & 0xFC00 == 0xDC00 {
                    code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
                    index += 6
                }
            }
            guard let scalar = Unicode.Scalar(code) else { throw cursor.error(.loneSurrogate, at: start) }
            text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        default: text.append(byte)
        }
    }

    /// Four hexadecimal digits.
    private func unit(at index: Int) -> UInt32 {
        cursor.bytes[index..<index + 4].reduce(0) { $0 << 4 | UInt32(Hex.digit($1) ?? 0) }
    }
}

/// Whether a text is JSON by the grammar of RFC 8259 alone, whoever can hold what it says.
///
/// Unlike `JSONReader` it takes numbers of any size, any depth of nesting, keys that occur twice and halves of surrogate
/// pairs that are written as escapes. Bytes that are not UTF-8 and a byte order mark are no JSON.
package struct JSONSyntax {
    private var cursor: JSONCursor
    /// The lists and maps that are open, by the byte that closes them: a text may nest deeper than a stack is.
    private var open: [UInt8] = []

    private init(_ bytes: [UInt8]) { cursor = JSONCursor(bytes) }

    /// Checks that there is one value, and nothing but white space around it.
    package static func check(_ bytes: [UInt8]) throws(JSONError) {
        var syntax = JSONSyntax(bytes)
        try syntax.text()
    }

    private mutating func text() throws(JSONError) {
        repeat {
            try value()
            try close()
        } while !open.isEmpty
        guard cursor.index == cursor.bytes.count else { throw cursor.error(.trailingBytes) }
    }

    /// Reads on to the end of a value that has no other ones in it.
    private mutating func value() throws(JSONError) {
        while true {
            cursor.skipSpace()
            switch cursor.peek ?? 0 {
            case UInt8(ascii: "{"):
                _ = cursor.take(UInt8(ascii: "{"))
                cursor.skipSpace()
                if cursor.take(UInt8(ascii: "}")) { return }
                open.append(UInt8(ascii: "}"))
                try key()
            case UInt8(ascii: "["):
                _ = cursor.take(UInt8(ascii: "["))
                cursor.skipSpace()
                if cursor.take(UInt8(ascii: "]")) { return }
                open.append(UInt8(ascii: "]"))
            case UInt8(ascii: "\""):
                _ = try cursor.string()
                return
            case UInt8(ascii: "t"): return try cursor.word("true")
            case UInt8(ascii: "f"): return try cursor.word("false")
            case UInt8(ascii: "n"): return try cursor.word("null")
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                _ = try cursor.number()
                return
            default: throw cursor.error(.expected("a value"))
            }
        }
    }

    /// Closes what ends after a value, and reads on to where the next one begins.
    private mutating func close() throws(JSONError) {
        while true {
            cursor.skipSpace()
            guard let end = open.last else { return }
            if cursor.take(end) {
                open.removeLast()
            } else if cursor.take(UInt8(ascii: ",")) {
                if end == UInt8(ascii: "}") { try key() }
                return
            } else {
                throw cursor.error(.expected(end == UInt8(ascii: "}") ? "',' or '}'" : "',' or ']'"))
            }
        }
    }

    private mutating func key() throws(JSONError) {
        cursor.skipSpace()
        guard cursor.peek == UInt8(ascii: "\"") else { throw cursor.error(.expected("a key in quotes")) }
        _ = try cursor.string()
        cursor.skipSpace()
        guard cursor.take(UInt8(ascii: ":")) else { throw cursor.error(.expected("':'")) }
    }
}

import Value

/// Reads the JSON of the vectors.
///
/// Integers stay exact; anything odd is an error, so that no vector passes unread.
struct JSONText {
    struct Malformed: Error {
        var offset: Int
    }

    private let bytes: [UInt8]
    private var position = 0

    static func parse(_ bytes: some Collection<UInt8>) throws -> Value {
        var text = JSONText(bytes: Array(bytes))
        let value = try text.value()
        text.space()
        guard text.position == text.bytes.count else { throw text.malformed }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var malformed: Malformed { Malformed(offset: position) }
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func space() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func accept(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func expect(_ text: String) throws {
        space()
        guard accept(text) else { throw malformed }
    }

    private mutating func value() throws -> Value {
        space()
        if accept("null") { return .null }
        if accept("true") { return .bool(true) }
        if accept("false") { return .bool(false) }
        switch next {
        case UInt8(ascii: "\""): return .string(ByteString(try string()))
        case UInt8(ascii: "["): return .list(try items("[", "]") { text throws in try text.value() })
        case UInt8(ascii: "{"):
            let entries = try items("{", "}") { text throws in
                text.space()
                let name = ByteString(try text.string())
                try text.expect(":")
                return (name, try text.value())
            }
            guard Set(entries.map(\.0)).count == entries.count else { throw malformed }
            return .map(Dictionary(entries, uniquingKeysWith: { first, _ in first }))
        default: return try number()
        }
    }

    private mutating func items<T>(
        _ open: String, _ close: String, _ item: (inout JSONText) throws -> T
    ) throws -> [T] {
        try expect(open)
        space()
        var items: [T] = []
        if accept(close) { return items }
        repeat {
            items.append(try item(&self))
            space()
        } while accept(",")
        try expect(close)
        return items
    }

    private mutating func number() throws -> Value {
        let start = position
        while let byte = next, "+-.0123456789eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard text.contains(where: { ".eE".contains($0) }), let number = Double(text) else { throw malformed }
        return .number(number)
    }

    private mutating func string() throws -> String {
        try expect("\"")
        var units: [UInt16] = []
        while true {
            let start = position
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
            guard let plain = String(validating: bytes[start..<position], as: UTF8.self) else { throw malformed }
            units += plain.utf16
            if accept("\"") { break }
            try units.append(escape())
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw malformed }
        return text
    }

    private mutating func escape() throws -> UInt16 {
        let plain: [(String, UInt16)] = [
            ("\\\"", 0x22), ("\\\\", 0x5C), ("\\/", 0x2F), ("\\b", 8), ("\\f", 12), ("\\n", 10), ("\\r", 13),
            ("\\t", 9),
        ]
        for (text, unit) in plain where accept(text) { return unit }
        guard accept("\\u"), position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw malformed }
        position += 4
        return unit
    }
}

import Value

/// Values for people: bare words where that is unambiguous, quoted and escaped otherwise.
enum ValueText {
    /// Keys that are told first, from the general to the particular.
    private static let leading: [ByteString] = ["principal", "broker", "group", "topic", "partition", "offset"]

    /// One line; not bounded.
    static func of(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let integer): String(integer)
        case .number(let number):
            number == number.rounded() && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)"
        case .string(let text): of(text)
        case .list(let elements): "[" + elements.map(of).joined(separator: ", ") + "]"
        case .map(let entries): "{" + pairs(entries).joined(separator: ", ") + "}"
        }
    }

    /// What a check is about: `group=billing topic=orders partition=3`.
    static func subject(_ value: Value) -> String {
        guard case .map(let entries) = value else { return of(value) }
        return pairs(entries).joined(separator: " ")
    }

    /// A text that a shell, or a reader of `key=value` pairs, takes for one word.
    static func of(_ text: ByteString) -> String {
        let isBare =
            !text.bytes.isEmpty
            && text.bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._-:/@+*?!%".utf8.contains(byte)
                }
            }
        if isBare { return text.description }
        let quoted = text.bytes.flatMap { byte in
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        return "\"" + TerminalText.escaped(ByteString(bytes: quoted)) + "\""
    }

    private static func pairs(_ entries: [ByteString: Value]) -> [String] {
        func rank(_ key: ByteString) -> Int { leading.firstIndex(of: key) ?? leading.count }
        let keys = entries.keys.sorted { (rank($0), $0) < (rank($1), $1) }
        return keys.map { "\(of($0))=\(of(entries[$0] ?? .null))" }
    }
}

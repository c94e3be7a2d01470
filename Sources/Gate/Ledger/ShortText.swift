import Value

/// A value for a message: one line, bounded, not meant to be read back.
enum ShortText {
    static func of(_ value: Value) -> String {
        var text = ""
        write(value, to: &text, level: 0)
        return Quoted.plain(text)
    }

    private static func write(_ value: Value, to text: inout String, level: Int) {
        // What is beyond this will be cut off anyway.
        guard text.utf8.count < 480 else { return }
        switch value {
        case .null: text += "nil"
        case .bool(let bool): text += bool ? "true" : "false"
        case .integer(let integer): text += integer.description
        case .number(let number): text += number.description
        case .string(let string): text += level == 0 ? Quoted.plain(string) : Quoted.text(string)
        case .list(let elements):
            guard level < 4 else { return text += "[…]" }
            text += "["
            for (index, element) in elements.prefix(64).enumerated() {
                if index > 0 { text += ", " }
                write(element, to: &text, level: level + 1)
            }
            text += "]"
        case .map(let entries):
            guard level < 4 else { return text += "{…}" }
            text += "{"
            for (index, key) in entries.keys.sorted().prefix(64).enumerated() {
                if index > 0 { text += ", " }
                text += Quoted.plain(key) + " = "
                write(entries[key] ?? .null, to: &text, level: level + 1)
            }
            text += "}"
        }
    }
}

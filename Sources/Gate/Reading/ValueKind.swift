import Value

/// What a value is called in a message to an author.
enum ValueKind {
    static func name(of value: Value) -> String {
        switch value {
        case .null: "nil"
        case .bool: "boolean"
        case .integer: "integer"
        case .number(let number): number.isFinite ? "number" : "a number that is not finite"
        case .string: "string"
        case .list: "list"
        case .map(let entries): entries.isEmpty ? "an empty table" : "table"
        }
    }
}

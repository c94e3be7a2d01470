import Value

/// What evidence can hold of the tables and values that a script hands over.
enum Facts {
    struct Unfit: Error { let words: String }

    /// The table of facts, nil where there are none.
    static func keepable(_ facts: Value?) -> Result<Value?, Unfit> {
        guard let facts, facts != .null else { return .success(.none) }
        guard case .map(let entries) = facts else {
            return .failure(Unfit(words: "facts are a table with names, not \(ValueKind.name(of: facts))"))
        }
        switch ValueSize.measure(facts) {
        // `.none`, as nil could be taken for the value null.
        case .success: return .success(entries.isEmpty ? .none : .some(facts))
        case .failure(let error): return .failure(Unfit(words: "a table of facts " + error.fault.words))
        }
    }

    /// A measured or required value, or a stand-in where a line of evidence could not hold it.
    static func small(_ value: Value) -> Value {
        guard case .failure(let error) = ValueSize.measure(value) else { return value }
        if case .string(let string) = value { return ["omitted_bytes": .integer(Int64(string.bytes.count))] }
        return ["omitted": .text(error.fault.words)]
    }
}

extension ValueSize.Fault {
    var words: String {
        switch self {
        case .tooLong: "is longer than \(ValueSize.maxBytes) bytes"
        case .tooDeep: "is deeper than \(ValueSize.maxLevels) levels"
        case .notFinite: "holds a number that is not finite"
        }
    }
}

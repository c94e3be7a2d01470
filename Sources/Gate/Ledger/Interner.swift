import Value

/// Shares equal short strings and keys, so that 100,000 subjects do not keep 100,000 copies of `partition`.
struct Interner: Sendable {
    private static let maxEntries = 4096
    private static let maxBytes = 128

    private var strings: [ByteString: (key: ByteString, value: Value)] = [:]
    private var places: [String: String] = [:]

    mutating func shared(_ string: ByteString) -> ByteString { entry(string)?.key ?? string }

    /// A place in a script, of which there are as many as it has lines.
    mutating func shared(place: String) -> String {
        if let known = places[place] { return known }
        if places.count < Self.maxEntries { places[place] = place }
        return place
    }

    /// The value with its strings and keys shared, two levels deep: a subject or a table of facts is no deeper.
    mutating func shared(_ value: Value, level: Int = 0) -> Value {
        switch value {
        case .string(let string): return entry(string)?.value ?? value
        case .map(let entries) where level < 2:
            var result: [ByteString: Value] = [:]
            result.reserveCapacity(entries.count)
            for (key, element) in entries { result[shared(key)] = shared(element, level: level + 1) }
            return .map(result)
        default: return value
        }
    }

    private mutating func entry(_ string: ByteString) -> (key: ByteString, value: Value)? {
        if let known = strings[string] { return known }
        guard string.bytes.count <= Self.maxBytes, strings.count < Self.maxEntries else { return nil }
        let entry = (key: string, value: Value.string(string))
        strings[string] = entry
        return entry
    }
}

import Value

/// The keys of one table of a gate or plan, read by type; an unknown key is an error from the start.
struct Fields {
    let place: Place
    private let entries: [ByteString: Value]

    /// `known`: Every key that may be there.
    init(_ value: Value, at place: Place, known: [String]) throws(GateError) {
        entries = try Self.map(value, at: place)
        self.place = place
        let names = Set(known.map { ByteString($0) })
        // The least unknown key, so that the same file gives the same message every time.
        guard let stranger = entries.keys.filter({ !names.contains($0) }).min() else { return }
        let hint = Nearest.hint(stranger.description, among: known) ?? "known keys: " + known.joined(separator: ", ")
        throw place.key(stranger).error(.unknownKey, hint: hint)
    }

    func place(of key: String) -> Place { place.key(key) }

    subscript(key: String) -> Value? { entries[ByteString(key)] }

    // MARK: Types

    /// One line of text, not empty; nil where the key is absent.
    func line(_ key: String) throws(GateError) -> String? {
        guard let value = self[key] else { return nil }
        return try Self.line(value, at: place(of: key))
    }

    func requiredLine(_ key: String, hint: String? = nil) throws(GateError) -> String {
        guard let text = try line(key) else { throw place(of: key).error(.missing, hint: hint) }
        return text
    }

    /// Text of any number of lines.
    func text(_ key: String) throws(GateError) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let bytes) = value else { throw place(of: key).wrongType("string", value) }
        guard let text = bytes.text else { throw place(of: key).error(.invalid("is not UTF-8")) }
        return text
    }

    func bool(_ key: String) throws(GateError) -> Bool? {
        guard let value = self[key] else { return nil }
        guard case .bool(let bool) = value else { throw place(of: key).wrongType("true or false", value) }
        return bool
    }

    /// A list; none where the key is absent.
    func list(_ key: String) throws(GateError) -> [Value] {
        guard let value = self[key] else { return [] }
        return try Self.list(value, at: place(of: key))
    }

    /// A table of names; none where the key is absent.
    func map(_ key: String) throws(GateError) -> [ByteString: Value] {
        guard let value = self[key] else { return [:] }
        return try Self.map(value, at: place(of: key))
    }

    // MARK: Values

    static func line(_ value: Value, at place: Place) throws(GateError) -> String {
        guard case .string(let bytes) = value else { throw place.wrongType("string", value) }
        guard let text = bytes.text else { throw place.error(.invalid("is not UTF-8")) }
        guard !text.isEmpty else { throw place.error(.invalid("is empty")) }
        // A NUL would cut a file name short where C reads it.
        guard bytes.bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw place.error(.invalid("holds a control character"))
        }
        return text
    }

    /// An empty Lua table has no type of its own: it is an empty list where a list is expected.
    static func list(_ value: Value, at place: Place) throws(GateError) -> [Value] {
        switch value {
        case .list(let elements): return elements
        case .map(let entries) where entries.isEmpty: return []
        default: throw place.wrongType("list", value)
        }
    }

    static func map(_ value: Value, at place: Place) throws(GateError) -> [ByteString: Value] {
        guard case .map(let entries) = value else { throw place.wrongType("table", value) }
        return entries
    }

    static func name(_ value: Value, at place: Place) throws(GateError) -> String {
        let text = try line(value, at: place)
        guard NameRule.allows(ByteString(text)) else {
            throw place.error(.invalid("\(Quoted.text(text)) is not \(NameRule.words)"))
        }
        return text
    }

    /// One of a closed set of words.
    static func word<Word: RawRepresentable & CaseIterable>(
        _ value: Value, at place: Place
    ) throws(GateError) -> Word where Word.RawValue == String {
        let text = try line(value, at: place)
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue)
        let fact = "\(Quoted.text(text)) is not one of " + known.joined(separator: ", ")
        throw place.error(.invalid(fact), hint: Nearest.hint(text, among: known))
    }
}

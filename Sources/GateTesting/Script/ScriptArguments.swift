import Value

/// The arguments of a call, read by their declared places.
struct ScriptArguments: Sendable {
    let method: ScriptMethod
    private let values: [Value]

    init(_ method: ScriptMethod, _ values: [Value]) throws(WorldError) {
        self.method = method
        self.values = values
        guard values.count <= method.parameters.count else {
            throw WorldError(":\(method.name) takes \(method.parameters.count) arguments at most, not \(values.count)")
        }
    }

    private func mistake(_ index: Int, _ what: String) -> WorldError {
        WorldError("\(method.parameters[index].name) of :\(method.name) must be \(what)")
    }

    private func value(_ index: Int) -> Value? {
        guard values.indices.contains(index), values[index] != .null else { return nil }
        return values[index]
    }

    func text(_ index: Int) throws(WorldError) -> String {
        guard let text = try optionalText(index) else { throw mistake(index, "a string") }
        return text
    }

    func optionalText(_ index: Int) throws(WorldError) -> String? {
        guard let value = value(index) else { return nil }
        guard case .string(let bytes) = value, let text = bytes.text else { throw mistake(index, "a string of UTF-8") }
        return text
    }

    func integer(_ index: Int, or fallback: Int64? = nil) throws(WorldError) -> Int64 {
        guard let value = value(index) ?? fallback.map({ .integer($0) }) else { throw mistake(index, "an integer") }
        guard case .integer(let number) = value else { throw mistake(index, "an integer") }
        return number
    }

    /// A partition, a broker's id: an integer of 32 bits.
    func number(_ index: Int, or fallback: Int32? = nil) throws(WorldError) -> Int32 {
        guard let number = Int32(exactly: try integer(index, or: fallback.map(Int64.init))), number >= 0 else {
            throw mistake(index, "an integer of at least 0")
        }
        return number
    }

    /// `5m`, or milliseconds.
    func milliseconds(_ index: Int) throws(WorldError) -> Int64 {
        guard let value = value(index), let ms = Self.milliseconds(value) else {
            throw mistake(index, DurationText.words + ", or milliseconds")
        }
        return ms
    }

    static func milliseconds(_ value: Value) -> Int64? {
        switch value {
        case .integer(let ms) where ms >= 0 && ms <= DurationText.longestMs: ms
        case .string(let text): DurationText.milliseconds(text)
        default: nil
        }
    }

    func any(_ index: Int) -> Value { value(index) ?? .null }

    /// A table with names, empty where it is left out.
    func map(_ index: Int) throws(WorldError) -> [ByteString: Value] {
        guard let value = value(index) else { return [:] }
        guard case .map(let entries) = value else { throw mistake(index, "a table with names") }
        return entries
    }

    func list(_ index: Int) throws(WorldError) -> [Value] {
        switch value(index) {
        case .list(let items)?: return items
        case .map(let entries)? where entries.isEmpty: return []
        default: throw mistake(index, "a list")
        }
    }

    /// A table of which no other names are known than these.
    func options(_ index: Int, _ known: [String]) throws(WorldError) -> ScriptOptions {
        try ScriptOptions(try map(index), of: ":\(method.name)", known: known)
    }

    /// A word that has a meaning.
    func word<T>(_ index: Int, _ meanings: [String: T]) throws(WorldError) -> T {
        let text = try text(index)
        if let meaning = meanings[text] { return meaning }
        let nearest = NearestName.nearestName(to: text, among: meanings.keys.sorted())
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
        throw mistake(index, "one of \(meanings.keys.sorted().joined(separator: ", ")), not '\(text)'\(hint)")
    }
}

/// Named values of a call.
struct ScriptOptions: Sendable {
    private let entries: [ByteString: Value]
    private let place: String

    init(_ entries: [ByteString: Value], of place: String, known: [String]) throws(WorldError) {
        self.entries = entries.filter { $0.value != .null }
        self.place = place
        for name in self.entries.keys.sorted() where !known.contains(where: { ByteString($0) == name }) {
            let nearest = NearestName.nearestName(to: name.description, among: known)
            let hint = nearest.map { "did you mean '\($0)'?" } ?? "known are " + known.joined(separator: ", ")
            throw WorldError("\(place) does not know '\(name)'; \(hint)")
        }
    }

    subscript(name: String) -> Value? { entries[ByteString(name)] }

    func mistake(_ name: String, _ what: String) -> WorldError { WorldError("\(name) of \(place) must be \(what)") }

    func text(_ name: String) throws(WorldError) -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let bytes) = value, let text = bytes.text else { throw mistake(name, "a string of UTF-8") }
        return text
    }

    func integer(_ name: String) throws(WorldError) -> Int64? {
        guard let value = self[name] else { return nil }
        guard case .integer(let number) = value else { throw mistake(name, "an integer") }
        return number
    }

    func int(_ name: String) throws(WorldError) -> Int? { try integer(name).map { Int(clamping: $0) } }

    func number(_ name: String) throws(WorldError) -> Int32? { try integer(name).map { Int32(clamping: $0) } }

    func flag(_ name: String) throws(WorldError) -> Bool {
        guard let value = self[name] else { return false }
        guard case .bool(let flag) = value else { throw mistake(name, "true or false") }
        return flag
    }

    func duration(_ name: String) throws(WorldError) -> Duration? {
        guard let value = self[name] else { return nil }
        guard let ms = ScriptArguments.milliseconds(value) else { throw mistake(name, DurationText.words) }
        return .milliseconds(ms)
    }

    func list(_ name: String) throws(WorldError) -> [Value] {
        switch self[name] {
        case nil: return []
        case .list(let items)?: return items
        case .map(let entries)? where entries.isEmpty: return []
        default: throw mistake(name, "a list")
        }
    }

    func texts(_ name: String) throws(WorldError) -> [String] {
        var texts: [String] = []
        for item in try list(name) {
            guard case .string(let bytes) = item, let text = bytes.text else {
                throw mistake(name, "a list of strings")
            }
            texts.append(text)
        }
        return texts
    }

    func map(_ name: String) throws(WorldError) -> [ByteString: Value] {
        guard let value = self[name] else { return [:] }
        guard case .map(let entries) = value else { throw mistake(name, "a table with names") }
        return entries
    }

    /// Names with texts; numbers and booleans are written out, as a properties file has them.
    func properties(_ name: String) throws(WorldError) -> [String: String] {
        try Self.properties(try map(name), name, of: place)
    }

    static func properties(
        _ entries: [ByteString: Value], _ name: String, of place: String
    ) throws(WorldError) -> [String: String] {
        var properties: [String: String] = [:]
        for (key, value) in entries {
            switch value {
            case .string(let text): properties[key.description] = text.description
            case .integer(let number): properties[key.description] = "\(number)"
            case .bool(let flag): properties[key.description] = "\(flag)"
            default: throw WorldError("'\(key)' in \(name) of \(place) must be a string, an integer, true or false")
            }
        }
        return properties
    }
}

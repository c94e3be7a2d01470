import Value

/// What is wrong with the arguments of a primitive; raised in the script.
struct ArgumentMistake: Error {
    let message: String
}

extension Primitive {
    /// Checks what a script passed against the parameters, and gives each its one form: lists for `strings`.
    func checked(_ value: Value) throws(ArgumentMistake) -> [ByteString: Value] {
        guard case .map(let given) = value else {
            throw ArgumentMistake(message: "\(callName) takes one table of named parameters")
        }
        for key in given.keys.sorted() where !parameters.contains(where: { ByteString($0.name) == key }) {
            let nearest = NearestName.nearestName(to: key.description, among: parameters.map(\.name))
            let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
            throw ArgumentMistake(message: "\(callName) has no parameter '\(key)'\(hint)")
        }
        var checked: [ByteString: Value] = [:]
        for parameter in parameters {
            let key = ByteString(parameter.name)
            guard let value = given[key], value != .null else {
                if parameter.isRequired { throw ArgumentMistake(message: "\(callName) needs '\(parameter.name)'") }
                continue
            }
            guard let form = parameter.kind.form(of: value) else {
                throw ArgumentMistake(message: "\(callName): '\(parameter.name)' must be \(parameter.kind.words)")
            }
            checked[key] = form
        }
        return checked
    }
}

extension Primitive.Parameter.Kind {
    /// The value in the one form of this kind; nil where it is none.
    ///
    /// A float is no integer, even a whole one: `1e6` has lost what lay beyond 2^53 before it got here.
    func form(of value: Value) -> Value? {
        // `.none`, never `nil`: in a conditional beside a Value that would be the value null, and let anything through.
        switch (self, value) {
        case (.string, .string(let text)): text.text == nil ? .none : .some(value)
        case (.strings, .string(let text)): text.text == nil ? .none : .some(.list([value]))
        case (.strings, .list(let items)): items.allSatisfy(Self.isText) ? .some(value) : .none
        // Lua's empty table is a map as much as a list.
        case (.strings, .map(let entries)), (.integers, .map(let entries)), (.nodes, .map(let entries)),
            (.words, .map(let entries)):
            entries.isEmpty ? .some(.list([])) : .none
        case (.integers, .integer): .some(.list([value]))
        case (.integers, .list(let items)): items.allSatisfy(Self.isInteger) ? .some(value) : .none
        case (.integer, .integer), (.boolean, .bool), (.integerOrWord, .integer): .some(value)
        case (.word(let words), .string(let text)), (.integerOrWord(let words), .string(let text)):
            words.contains { ByteString($0) == text } ? .some(value) : .none
        case (.nodes, .list(let items)): Self.list(items, Self.node)
        case (.nodes, _): Self.list([value], Self.node)
        case (.words(let words), .list(let items)): Self.list(items) { Self.word($0, of: words) }
        case (.words(let words), .string): Self.list([value]) { Self.word($0, of: words) }
        default: .none
        }
    }

    private static func list(_ items: [Value], _ form: (Value) -> Value?) -> Value? {
        let forms = items.compactMap(form)
        return forms.count == items.count ? .some(.list(forms)) : .none
    }

    private static func node(_ value: Value) -> Value? {
        switch value {
        case .integer(let id): Int32(exactly: id) == nil ? .none : .some(value)
        case .string("*"), .string("all"): .some("all")
        case .string(let text): text.text.flatMap { Int32($0) }.map { .integer(Int64($0)) }
        default: .none
        }
    }

    /// Kafka writes `PreparingRebalance`, its tools `preparing-rebalance`.
    private static func word(_ value: Value, of words: [String]) -> Value? {
        guard case .string(let bytes) = value, let text = bytes.text else { return .none }
        let plain = text.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
        return words.contains(plain) ? .some(.text(plain)) : .none
    }

    private static func isInteger(_ value: Value) -> Bool {
        if case .integer = value { true } else { false }
    }

    private static func isText(_ value: Value) -> Bool {
        if case .string(let text) = value { text.text != nil } else { false }
    }

    var words: String {
        switch self {
        case .string: "a string"
        case .strings: "a list of strings"
        case .integer: "an integer (1e6 is a float: write 1000000; divide with //)"
        case .integers: "a list of integers"
        case .boolean: "true or false"
        case .nodes: "a list of node ids, or `all`"
        case .words(let words): "a list of words of these: " + words.joined(separator: ", ")
        case .word(let words): "one of " + words.joined(separator: ", ")
        case .integerOrWord(let words): "an integer or one of " + words.joined(separator: ", ")
        }
    }

    /// The type in the notation of LuaCATS.
    package var type: String {
        func quoted(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: "|") }
        return switch self {
        case .string: "string"
        case .strings: "string[]|string"
        case .integer: "integer"
        case .integers: "integer[]|integer"
        case .boolean: "boolean"
        case .nodes: "(integer|string)[]|integer|string"
        case .words: "string[]|string"
        case .word(let words): quoted(words)
        case .integerOrWord(let words): "integer|" + quoted(words)
        }
    }
}

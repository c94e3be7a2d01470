package import Value

/// One argument as a gate declares it.
package struct ArgumentSpec: Hashable, Sendable {
    package let name: String
    package let type: ArgumentType
    package let isRequired: Bool
    package let doc: String?
    /// A Lua pattern that a string, or each of a list, has to match.
    package let pattern: ByteString?
    /// Bounds of a number or a duration (in milliseconds), or of each in a list.
    package let min: Value?
    package let max: Value?
    /// The values allowed; empty: any.
    package let values: [Value]
    /// In the form that a script gets: durations in milliseconds.
    package private(set) var defaultValue: Value?

    /// `name`: The key under `args`.
    ///
    /// `place`: Where `args` is.
    init(name: ByteString, _ value: Value, at place: Place, matching: PatternMatcher) throws(GateError) {
        let known = ["type", "required", "default", "min", "max", "pattern", "values", "doc"]
        let fields = try Fields(value, at: place.key(name), known: known)
        self.name = try Fields.name(.string(name), at: place.key(name))
        type = try Self.type(fields)
        isRequired = try fields.bool("required") ?? false
        doc = try fields.text("doc")
        pattern = try Self.pattern(fields, type: type)
        (min, max) = (try Self.bound(fields, "min", type: type), try Self.bound(fields, "max", type: type))
        if let min, let max, case .ordered(let order)? = ExactNumber.order(min, max), order == .above {
            throw fields.place(of: "min").error(.invalid("is above max"))
        }
        values = try Self.values(fields, type: type)
        guard let declared = fields["default"] else { return }
        guard !isRequired else {
            throw fields.place(of: "default").error(.invalid("a required argument has no default"))
        }
        defaultValue = try checked(declared, at: fields.place(of: "default"), matching: matching)
    }

    // MARK: Reading

    private static func type(_ fields: Fields) throws(GateError) -> ArgumentType {
        let text = try fields.requiredLine("type", hint: "one of " + ArgumentType.known.joined(separator: ", "))
        if let type = ArgumentType(text) { return type }
        let fact = "\(Quoted.text(text)) is not one of " + ArgumentType.known.joined(separator: ", ")
        throw fields.place(of: "type").error(.invalid(fact), hint: Nearest.hint(text, among: ArgumentType.known))
    }

    private static func pattern(_ fields: Fields, type: ArgumentType) throws(GateError) -> ByteString? {
        guard let value = fields["pattern"] else { return nil }
        let place = fields.place(of: "pattern")
        guard type.scalar == .string else { throw place.error(.invalid("only strings have a pattern")) }
        guard case .string(let pattern) = value else { throw place.wrongType("string", value) }
        return pattern
    }

    private static func bound(_ fields: Fields, _ key: String, type: ArgumentType) throws(GateError) -> Value? {
        guard let value = fields[key] else { return nil }
        let place = fields.place(of: key)
        switch type.scalar {
        case .string, .boolean: throw place.error(.invalid("only numbers and durations have bounds"))
        case .integer, .number, .duration: return try type.scalar.normal(value, at: place)
        }
    }

    private static func values(_ fields: Fields, type: ArgumentType) throws(GateError) -> [Value] {
        guard let value = fields["values"] else { return [] }
        let place = fields.place(of: "values")
        let elements = try Fields.list(value, at: place)
        guard !elements.isEmpty else { throw place.error(.invalid("is empty: no value would be allowed")) }
        var values: [Value] = []
        for (index, element) in elements.enumerated() {
            values.append(try type.scalar.normal(element, at: place.element(index)))
        }
        return values
    }
}

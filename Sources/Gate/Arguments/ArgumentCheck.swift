package import Value

extension ArgumentSpec {
    /// A value of a plan or a file, checked and in the form that a script gets.
    ///
    /// `place`: A phrase for errors, such as the name of the file.
    package func check(_ value: Value, file: String? = nil, matching: PatternMatcher) throws(GateError) -> Value {
        try checked(value, at: Place(file: file, path: name), matching: matching)
    }

    /// The text of `--set`, read by the declared type; lists are comma-separated, an empty text is an empty list.
    package func parse(_ text: ByteString, matching: PatternMatcher) throws(GateError) -> Value {
        try parsed(text, at: Place(path: name), matching: matching)
    }

    func parsed(_ text: ByteString, at place: Place, matching: PatternMatcher) throws(GateError) -> Value {
        guard type.isList else { return try checked(type.scalar.read(text, at: place), at: place, matching: matching) }
        var elements: [Value] = []
        let parts = text.bytes.isEmpty ? [] : text.bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            guard !part.isEmpty else { throw place.element(index).error(.invalid("is empty")) }
            elements.append(try type.scalar.read(ByteString(bytes: Array(part)), at: place.element(index)))
        }
        return try checked(.list(elements), at: place, matching: matching)
    }

    func checked(_ value: Value, at place: Place, matching: PatternMatcher) throws(GateError) -> Value {
        guard type.isList else { return try checkedScalar(value, at: place, matching: matching) }
        let elements: [Value]
        switch value {
        case .list(let found): elements = found
        case .map(let entries) where entries.isEmpty: elements = []
        default:
            throw place.wrongType("list of \(type.scalar.rawValue)s", value, hint: "write { … } around one value")
        }
        var result: [Value] = []
        for (index, element) in elements.enumerated() {
            result.append(try checkedScalar(element, at: place.element(index), matching: matching))
        }
        return .list(result)
    }

    private func checkedScalar(_ value: Value, at place: Place, matching: PatternMatcher) throws(GateError) -> Value {
        let normal = try type.scalar.normal(value, at: place)
        try checkBounds(normal, at: place)
        if let pattern, case .string(let text) = normal {
            switch matching(text, pattern) {
            case true?: break
            case false?:
                throw place.error(.invalid("\(Quoted.text(text)) does not match the pattern \(Quoted.text(pattern))"))
            case nil: throw place.error(.invalid("the pattern \(Quoted.text(pattern)) cannot be applied"))
            }
        }
        guard values.isEmpty || values.contains(where: { Comparison.judge(.equal, normal, $0) == .passed }) else {
            let allowed = values.map { ShortText.of($0) }
            let hint = Nearest.hint(ShortText.of(normal), among: allowed)
            let fact = "\(ShortText.of(normal)) is not one of " + allowed.joined(separator: ", ")
            throw place.error(.invalid(fact), hint: hint)
        }
        return normal
    }

    private func checkBounds(_ value: Value, at place: Place) throws(GateError) {
        if let min, case .ordered(.below)? = ExactNumber.order(value, min) {
            throw place.error(.invalid("\(shown(value)) is below the minimum of \(shown(min))"))
        }
        if let max, case .ordered(.above)? = ExactNumber.order(value, max) {
            throw place.error(.invalid("\(shown(value)) is above the maximum of \(shown(max))"))
        }
    }

    private func shown(_ value: Value) -> String {
        ShortText.of(value) + (type.scalar == .duration ? "ms" : "")
    }
}

extension ArgumentType.Scalar {
    private var words: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "true or false"
        case .duration: DurationText.words
        }
    }

    /// The value in the form that a script gets.
    ///
    /// A float is never an integer, not even `3.0`: it may have been rounded.
    func normal(_ value: Value, at place: Place) throws(GateError) -> Value {
        switch (self, value) {
        case (.string, .string), (.integer, .integer), (.number, .integer), (.boolean, .bool): return value
        case (.number, .number(let number)) where number.isFinite: return value
        case (.duration, .integer(let ms)):
            guard (0...DurationText.longestMs).contains(ms) else {
                throw place.error(.invalid("\(ms) is no number of milliseconds from 0 to \(DurationText.longestMs)"))
            }
            return value
        case (.duration, .string(let text)):
            guard let ms = DurationText.milliseconds(text) else {
                throw place.error(.invalid("\(Quoted.text(text)) is not \(words)"))
            }
            return .integer(ms)
        case (.integer, .number), (.duration, .number):
            throw place.wrongType(words, value, hint: "a number with a point or an exponent is no integer")
        default: throw place.wrongType(words, value)
        }
    }

    /// The text of a command line as a value of this type.
    func read(_ text: ByteString, at place: Place) throws(GateError) -> Value {
        let value: Value? =
            switch self {
            case .string: .string(text)
            case .integer: Self.integer(text).map { .integer($0) }
            case .number: Self.integer(text).map { .integer($0) } ?? Self.number(text).map { .number($0) }
            case .boolean: Self.boolean(text).map { .bool($0) }
            case .duration: DurationText.milliseconds(text).map { .integer($0) }
            }
        if let value { return value }
        throw place.error(.invalid("\(Quoted.text(text)) is not \(words == rawValue ? "a valid \(words)" : words)"))
    }

    private static func boolean(_ text: ByteString) -> Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }

    private static func integer(_ text: ByteString) -> Int64? {
        guard text.bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }) else { return nil }
        return text.text.flatMap { Int64($0) }
    }

    private static func number(_ text: ByteString) -> Double? {
        // Neither `nan`, `inf` nor hexadecimal; and nothing to be misread as an integer that did not fit.
        let signs = Array("+-.eE".utf8)
        guard text.bytes.allSatisfy({ (0x30...0x39).contains($0) || signs.contains($0) }) else { return nil }
        guard text.bytes.contains(where: { Array(".eE".utf8).contains($0) }) else { return nil }
        return text.text.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
}

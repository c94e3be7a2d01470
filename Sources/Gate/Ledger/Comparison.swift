import Value

/// How something measured is compared with something required; the raw value is `op` in evidence.
package enum Comparison: String, CaseIterable, Hashable, Sendable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case notEqual = "!="
    case oneOf = "in"
    case matches
    case isTrue = "true"

    /// What a comparison says.
    ///
    /// Only two good values of the right types pass or fail.
    enum Judgement: Hashable {
        case passed, failed
        /// Nothing is known, and why.
        case unknown(String)
    }

    static func judge(
        _ op: Comparison, _ actual: Value, _ limit: Value, matching: PatternMatcher = { _, _ in nil }
    ) -> Judgement {
        if case .null = actual { return .unknown("the measured value is nil") }
        if let fault = fault(in: actual, level: 0) { return .unknown("the measured value " + fault) }
        if op == .isTrue { return isTrue(actual) }
        if case .null = limit { return .unknown("the required value is nil") }
        if let fault = fault(in: limit, level: 0) { return .unknown("the required value " + fault) }
        switch op {
        case .atMost, .atLeast: return ordered(op, actual, limit)
        case .equal, .notEqual: return equality(op, actual, limit)
        case .oneOf: return membership(actual, limit)
        case .matches: return match(actual, limit, matching: matching)
        case .isTrue: return isTrue(actual)
        }
    }

    // MARK: Operators

    private static func isTrue(_ actual: Value) -> Judgement {
        // Lua would take 0 and "false" for true.
        guard case .bool(let bool) = actual else {
            return .unknown("the measured value is \(ValueKind.name(of: actual)), not a boolean")
        }
        return bool ? .passed : .failed
    }

    private static func ordered(_ op: Comparison, _ actual: Value, _ limit: Value) -> Judgement {
        guard case .ordered(let order)? = ExactNumber.order(actual, limit) else { return mismatch(actual, limit) }
        return order == .same || order == (op == .atMost ? .below : .above) ? .passed : .failed
    }

    private static func equality(_ op: Comparison, _ actual: Value, _ limit: Value) -> Judgement {
        guard let same = same(actual, limit) else { return mismatch(actual, limit) }
        return same == (op == .equal) ? .passed : .failed
    }

    private static func membership(_ actual: Value, _ limit: Value) -> Judgement {
        guard let allowed = elements(limit) else {
            return .unknown("the required value is \(ValueKind.name(of: limit)), not a list")
        }
        guard !allowed.isEmpty else { return .unknown("the list of required values is empty") }
        let results = allowed.map { same(actual, $0) }
        if results.contains(true) { return .passed }
        // With an element of another type the list may just be spelt wrongly: "3" for 3.
        return results.contains(nil) ? .unknown("a required value has another type than the measured one") : .failed
    }

    private static func match(_ actual: Value, _ limit: Value, matching: PatternMatcher) -> Judgement {
        guard case .string(let subject) = actual, case .string(let pattern) = limit else {
            return mismatch(actual, limit)
        }
        guard let isMatch = matching(subject, pattern) else { return .unknown("the pattern cannot be applied") }
        return isMatch ? .passed : .failed
    }

    // MARK: Values

    private static func mismatch(_ actual: Value, _ limit: Value) -> Judgement {
        .unknown("\(ValueKind.name(of: actual)) cannot be compared with \(ValueKind.name(of: limit))")
    }

    /// What keeps a value from being compared: a hole or a number that is not finite, however deep.
    private static func fault(in value: Value, level: Int) -> String? {
        // Deeper than anything that crosses from Lua; a bound for the recursion.
        guard level <= 64 else { return "is too deep" }
        switch value {
        case .bool, .integer, .string: return nil
        case .null: return "holds a nil"
        case .number(let number): return number.isFinite ? nil : "is not a finite number"
        case .list(let elements): return Self.fault(among: elements, level: level)
        case .map(let entries): return Self.fault(among: entries.values, level: level)
        }
    }

    /// A plain loop: `lazy.compactMap{}.first` asks each element twice, which doubles the cost at each level.
    private static func fault(among values: some Sequence<Value>, level: Int) -> String? {
        for value in values {
            if let fault = fault(in: value, level: level + 1) { return fault }
        }
        return nil
    }

    /// Whether two values are the same; nil where their types differ anywhere, so that neither answer is earned.
    private static func same(_ left: Value, _ right: Value) -> Bool? {
        if let left = elements(left), let right = elements(right) { return same(left, right) }
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.string(let left), .string(let right)): return left == right
        case (.map(let left), .map(let right)): return same(left, right)
        default:
            guard case .ordered(let order)? = ExactNumber.order(left, right) else { return nil }
            return order == .same
        }
    }

    private static func same(_ left: [Value], _ right: [Value]) -> Bool? {
        var all = left.count == right.count
        for (left, right) in zip(left, right) {
            guard let one = same(left, right) else { return nil }
            all = all && one
        }
        return all
    }

    private static func same(_ left: [ByteString: Value], _ right: [ByteString: Value]) -> Bool? {
        var all = left.count == right.count
        for (key, value) in left {
            guard let other = right[key] else {
                all = false
                continue
            }
            guard let one = same(value, other) else { return nil }
            all = all && one
        }
        return all
    }

    /// An empty Lua table is an empty list as well.
    private static func elements(_ value: Value) -> [Value]? {
        switch value {
        case .list(let elements): elements
        case .map(let entries): entries.isEmpty ? [] : nil
        default: nil
        }
    }
}

import Gate
import Value

/// The one check of a gate that a person wants to see: the first that failed, else the one nearest to its limit.
enum Headline {
    static func of(_ records: [LedgerRecord]) -> String? {
        let checks = records.compactMap { record -> CheckRecord? in
            if case .check(let check) = record { check } else { nil }
        }
        if let failed = checks.first(where: { !$0.ok }) { return text(failed) }
        let bounded = checks.filter { margin($0) != nil }
        return (bounded.min { (margin($0) ?? 0) < (margin($1) ?? 0) } ?? checks.first).map(text)
    }

    /// How far a passing check is from its limit.
    private static func margin(_ check: CheckRecord) -> Double? {
        guard let actual = number(check.actual), let limit = number(check.limit) else { return nil }
        return switch check.op {
        case .atMost: limit - actual
        case .atLeast: actual - limit
        default: nil
        }
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    private static func text(_ check: CheckRecord) -> String {
        let unit = check.unit.map { " \($0)" } ?? ""
        let actual = shown(check.actual)
        return switch check.op {
        case .atMost: "\(check.check) \(actual) of at most \(shown(check.limit))\(unit)"
        case .atLeast: "\(check.check) \(actual) of at least \(shown(check.limit))\(unit)"
        case .equal: "\(check.check) \(actual), expected \(shown(check.limit))\(unit)"
        case .isTrue: "\(check.check) \(actual)"
        default: "\(check.check) \(actual) \(check.op.rawValue) \(shown(check.limit))\(unit)"
        }
    }

    private static func shown(_ value: Value) -> String {
        if case .string(let text) = value { return "\(text)" }
        guard let bytes = try? JSONWriter.write(value) else { return "?" }
        return String(decoding: bytes.prefix(80), as: UTF8.self)
    }
}

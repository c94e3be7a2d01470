package import Value

/// A subject of one ledger.
package struct SubjectID: Hashable, Sendable {
    package let index: Int
    package init(index: Int) { self.index = index }
}

/// What a script hands to a check as a value.
package enum Measured: Hashable, Sendable {
    /// Lua's nil is `.value(.null)`.
    case value(Value)
    /// The missing value of a row whose read failed.
    case failedRow(ReadKey)
}

/// A comparison to be made.
package struct Check: Sendable {
    package var name: ByteString
    package var op: Comparison
    package var actual: Measured
    package var limit: Measured
    package var unit: ByteString?
    package var facts: Value?
    /// `file.lua:31`.
    package var at: String
    package var sampled: Sampled?

    package init(
        _ name: ByteString, _ op: Comparison, actual: Measured, limit: Measured = .value(.bool(true)),
        unit: ByteString? = nil, facts: Value? = nil, at: String, sampled: Sampled? = nil
    ) {
        self.name = name
        self.op = op
        self.actual = actual
        // `is_true` requires nothing but true, whatever the script wrote.
        self.limit = op == .isTrue ? .value(.bool(true)) : limit
        self.unit = unit
        self.facts = facts
        self.at = at
        self.sampled = sampled
    }
}

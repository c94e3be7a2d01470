package import Value

/// When what a check is about was read, in microseconds since the start of the run.
package struct Sampled: Hashable, Sendable {
    package let fromUs: Int64
    package let toUs: Int64

    package init(fromUs: Int64, toUs: Int64) {
        self.fromUs = fromUs
        self.toUs = toUs
    }
}

/// A comparison that was made.
package struct CheckRecord: Hashable, Sendable {
    package let check: ByteString
    package let subject: Value
    /// A value too large for a line of evidence is replaced by `{omitted_bytes}` or `{omitted}`.
    package let actual: Value
    package let op: Comparison
    package let limit: Value
    package let unit: ByteString?
    package let ok: Bool
    package let facts: Value?
    package let at: String
    package let sampled: Sampled?
}

/// Something that had to be known and is not.
package struct UnknownRecord: Hashable, Sendable {
    package let check: ByteString
    package let subject: Value
    package let reason: ReasonCode
    package let message: String
    package let facts: Value?
    package let at: String
}

/// What a gate recorded without judging it.
package struct NoteRecord: Hashable, Sendable {
    package let name: ByteString
    package let facts: Value?
    package let at: String
}

/// What a ledger was told, in order.
package enum LedgerRecord: Hashable, Sendable {
    case check(CheckRecord)
    case unknown(UnknownRecord)
    case note(NoteRecord)
}

package import Value

/// One comparison of something measured with something required.
package struct CheckRecord: Sendable {
    package var check: String
    /// An integer `partition` in here is what a folded line gathers.
    package var subject: [ByteString: Value]
    package var actual: Value
    /// `<= >= == != in matches true`.
    package var op: String
    package var limit: Value
    package var unit: String?
    package var ok: Bool
    package var facts: [ByteString: Value]
    package var sampled: Sampled?
    package var rounds: Rounds?
    /// `file.lua:31`.
    package var at: String?

    package init(
        check: String, subject: [ByteString: Value], actual: Value, op: String, limit: Value, unit: String? = nil,
        ok: Bool, facts: [ByteString: Value] = [:], sampled: Sampled? = nil, rounds: Rounds? = nil, at: String? = nil
    ) {
        self.check = check
        self.subject = subject
        self.actual = actual
        self.op = op
        self.limit = limit
        self.unit = unit
        self.ok = ok
        self.facts = facts
        self.sampled = sampled
        self.rounds = rounds
        self.at = at
    }
}

/// When the values of a check were measured, on the clock of `at_us`.
package struct Sampled: EvidencePart, Hashable {
    package var fromUs: Int64
    package var toUs: Int64

    package init(fromUs: Int64, toUs: Int64) {
        self.fromUs = fromUs
        self.toUs = toUs
    }

    package func write(to fields: inout EvidenceFields) {
        fields.integer("from_us", fromUs)
        fields.integer("to_us", toUs)
    }
}

/// A check over the rounds of a sustained run.
package struct Rounds: Hashable, Sendable {
    package var count: Int
    package var ok: Int
    package var min: Value
    package var max: Value
    package var last: Value

    package init(count: Int, ok: Int, min: Value, max: Value, last: Value) {
        self.count = count
        self.ok = ok
        self.min = min
        self.max = max
        self.last = last
    }

    var fields: [ByteString: Value] {
        ["n": .integer(Int64(count)), "ok": .integer(Int64(ok)), "min": min, "max": max, "last": last]
    }
}

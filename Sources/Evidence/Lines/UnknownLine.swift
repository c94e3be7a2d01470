package import Value

/// A check that could not be made, and why.
package struct UnknownLine: EvidenceLine {
    package static let type = "unknown"

    package var gate: String
    package var attempt: Int
    package var check: String?
    package var subject: [ByteString: Value]
    package var reason: String
    package var message: String?
    package var facts: [ByteString: Value]
    package var at: String?

    package init(
        gate: String, attempt: Int, check: String? = nil, subject: [ByteString: Value], reason: String,
        message: String? = nil, facts: [ByteString: Value] = [:], at: String? = nil
    ) {
        self.gate = gate
        self.attempt = attempt
        self.check = check
        self.subject = subject
        self.reason = reason
        self.message = message
        self.facts = facts
        self.at = at
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.integer("attempt", attempt)
        fields.word("check", check)
        fields.value("subject", .map(subject))
        // Gates may give a reason in their own words.
        fields.text("reason", reason)
        fields.text("message", message)
        if !facts.isEmpty { fields.value("facts", .map(facts)) }
        fields.text("at", at)
    }
}

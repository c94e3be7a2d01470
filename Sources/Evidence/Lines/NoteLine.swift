package import Value

/// What a gate recorded without judging it.
package struct NoteLine: EvidenceLine {
    package static let type = "note"

    package var gate: String
    package var name: String
    package var facts: [ByteString: Value]

    package init(gate: String, name: String, facts: [ByteString: Value]) {
        self.gate = gate
        self.name = name
        self.facts = facts
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.word("name", name)
        fields.value("facts", .map(facts))
    }
}

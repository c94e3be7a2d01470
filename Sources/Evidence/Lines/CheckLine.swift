private import Value

/// A check, or passing checks that differ only in their partition.
package struct CheckLine: EvidenceLine {
    package static let type = "check"

    package var gate: String
    package var attempt: Int
    package var group: CheckGroup

    package init(gate: String, attempt: Int, group: CheckGroup) {
        self.gate = gate
        self.attempt = attempt
        self.group = group
    }

    package init(gate: String, attempt: Int, record: CheckRecord) {
        self.init(gate: gate, attempt: attempt, group: CheckGroup(single: record))
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.integer("attempt", attempt)
        group.write(to: &fields)
    }
}

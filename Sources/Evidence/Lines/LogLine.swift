private import Value

/// What a gate logged.
///
/// The writer cuts long texts, and ends a long log with one empty line marked `truncated`.
package struct LogLine: EvidenceLine {
    package static let type = "log"

    package var gate: String
    package var text: String
    package var isTruncated: Bool

    package init(gate: String, text: String, isTruncated: Bool = false) {
        self.gate = gate
        self.text = text
        self.isTruncated = isTruncated
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.text("text", text)
        if isTruncated { fields.flag("truncated", true) }
    }
}

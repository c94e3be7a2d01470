package import Value

/// A gate begins, with the arguments it got and where they came from.
package struct GateStarted: EvidenceLine {
    package static let type = "gate_started"
    package static let isCapped = false

    package var gate: String
    package var summary: String
    package var attempt: Int
    package var args: [Argument]

    package init(gate: String, summary: String, attempt: Int, args: [Argument]) {
        self.gate = gate
        self.summary = summary
        self.attempt = attempt
        self.args = args
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.text("summary", summary)
        fields.integer("attempt", attempt)
        fields.part("args", Arguments(all: args))
    }
}

extension GateStarted {
    /// One argument; `origin` as `sluice plan` prints it.
    package struct Argument: EvidencePart {
        package var name: String
        package var value: Value
        package var origin: String

        package init(name: String, value: Value, origin: String) {
            self.name = name
            self.value = value
            self.origin = origin
        }

        package func write(to fields: inout EvidenceFields) {
            fields.value("value", value)
            fields.text("origin", origin)
        }
    }

    private struct Arguments: EvidencePart {
        let all: [Argument]

        func write(to fields: inout EvidenceFields) {
            for argument in all { fields.part(ByteString(argument.name), argument) }
        }
    }
}

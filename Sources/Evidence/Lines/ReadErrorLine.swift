private import Value

/// A read that failed for good.
package struct ReadErrorLine: EvidenceLine {
    package static let type = "read_error"

    /// Absent before any gate.
    package var gate: String?
    package var api: String
    /// `host:port`, as dialled.
    package var broker: String?
    package var node: Int?
    package var code: Int?
    package var name: String
    /// `net tls auth acl protocol throttle limit`.
    package var errorClass: String
    package var retriable: Bool
    package var tries: Int
    package var acknowledged: Bool

    package init(
        gate: String? = nil, api: String, broker: String? = nil, node: Int? = nil, code: Int? = nil, name: String,
        errorClass: String, retriable: Bool, tries: Int, acknowledged: Bool
    ) {
        self.gate = gate
        self.api = api
        self.broker = broker
        self.node = node
        self.code = code
        self.name = name
        self.errorClass = errorClass
        self.retriable = retriable
        self.tries = tries
        self.acknowledged = acknowledged
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.word("api", api)
        fields.text("broker", broker)
        fields.integer("node", node)
        fields.integer("code", code)
        fields.text("name", name)
        fields.word("class", errorClass)
        fields.flag("retriable", retriable)
        fields.integer("tries", tries)
        fields.flag("acknowledged", acknowledged)
    }
}

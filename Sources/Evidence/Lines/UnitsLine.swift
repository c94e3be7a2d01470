private import Value

/// Partitions of one topic that a shard took to scan for a gate.
package struct UnitsLine: EvidenceLine {
    package static let type = "units"
    /// Without them nobody could tell what was scanned.
    package static let isCapped = false
    /// So many partitions are on one line at most: their text is then well below the limit of a line.
    package static let most = 4_096

    package var gate: String
    package var topic: String
    package var partitions: [Int64]

    /// `partitions`: Ascending, at most ``most``.
    package init(gate: String, topic: String, partitions: [Int64]) {
        self.gate = gate
        self.topic = topic
        self.partitions = partitions
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        // A name that holds a secret is redacted, and the partitions of that topic then count as scanned by nobody.
        fields.text("topic", topic)
        fields.word("partitions", PartitionRanges.text(partitions[...]))
    }
}

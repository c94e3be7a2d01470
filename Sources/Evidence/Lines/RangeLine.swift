private import Value

/// A range of one partition that a shard took to scan for a gate, and what it found it to be in the logs.
package struct RangeLine: EvidenceLine {
    /// From an offset to another, not included.
    package struct Offsets: EvidencePart, Hashable {
        package var from: Int64
        package var to: Int64

        package init(from: Int64, to: Int64) {
            self.from = from
            self.to = to
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("from", from)
            fields.integer("to", to)
        }
    }

    package static let type = "range"
    /// Without them nobody could tell what was scanned.
    package static let isCapped = false

    package var gate: String
    package var topic: String
    package var partition: Int64
    package var index: Int
    /// In how many ranges the partition is cut.
    package var count: Int
    /// By the frozen vector.
    package var offsets: Offsets
    /// Nil where it was not found.
    package var source: Offsets?
    /// Nil too where the scan is of one cluster.
    package var target: Offsets?
    /// The id of the target's topic.
    package var targetID: String?

    package init(
        gate: String, topic: String, partition: Int64, index: Int, count: Int, offsets: Offsets, source: Offsets?,
        target: Offsets? = nil, targetID: String? = nil
    ) {
        self.gate = gate
        self.topic = topic
        self.partition = partition
        self.index = index
        self.count = count
        self.offsets = offsets
        self.source = source
        self.target = target
        self.targetID = targetID
    }

    package var gateID: String? { gate }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.text("topic", topic)
        fields.integer("partition", partition)
        fields.integer("index", index)
        fields.integer("count", count)
        fields.part("offsets", offsets)
        fields.part("source", source)
        fields.part("target", target)
        fields.word("target_id", targetID)
    }
}

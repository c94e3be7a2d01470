package import Value

/// A line of a shard's evidence in that of the whole run: its fields without their envelope, and whose it was.
///
/// Times in it (`sampled`) are on that shard's clock.
package struct CopiedLine: EvidenceLine {
    package static let type = "copied"
    /// It counted against its gate's share of the file where it was written first.
    package static let isCapped = false
    /// The types that say what a gate observed.
    private static let types: Set<ByteString> = ["check", "unknown", "read_error", "note", "log", "units", "range"]
    private static let envelope: [ByteString] = ["v", "run", "seq", "t", "at_us", "type", "prev"]

    package let writtenType: String
    package let gateID: String?
    private let fields: [ByteString: Value]
    private let shard: Int?

    /// Nil for lines that the merged evidence has of its own.
    package init?(_ record: EvidenceRecord, shard: Int) {
        guard Self.types.contains(record.type), case .map(var fields) = record.fields else { return nil }
        for name in Self.envelope { fields[name] = nil }
        writtenType = "\(record.type)"
        gateID = fields["gate"]?.asText
        self.fields = fields
        self.shard = shard
    }

    /// A line that all shards have alike: `cluster` or `gate_started`.
    package init(_ type: String, gate: String? = nil, fields: [ByteString: Value]) {
        writtenType = type
        gateID = gate
        self.fields = fields
        shard = nil
    }

    package func write(to fields: inout EvidenceFields) {
        for (name, value) in self.fields { fields.value(name, value) }
        fields.integer("shard", shard)
    }
}

package import Value

/// A line of evidence as it was read: its envelope, and all its fields.
package struct EvidenceRecord: Sendable {
    package let version: Int64
    package let run: ByteString
    package let seq: Int64
    /// RFC 3339, as written.
    package let time: ByteString
    package let atUs: Int64
    package let type: ByteString
    package let prev: ByteString
    /// The whole line, its envelope included.
    package let fields: Value

    /// Nil where the line is not strict JSON or its envelope is not whole.
    package init?(line: [UInt8]) {
        guard let fields = try? JSONReader.read(line), case .integer(let version)? = fields["v"],
            case .string(let run)? = fields["run"], case .integer(let seq)? = fields["seq"],
            case .string(let time)? = fields["t"], case .integer(let atUs)? = fields["at_us"],
            case .string(let type)? = fields["type"], case .string(let prev)? = fields["prev"]
        else { return nil }
        self.version = version
        self.run = run
        self.seq = seq
        self.time = time
        self.atUs = atUs
        self.type = type
        self.prev = prev
        self.fields = fields
    }
}

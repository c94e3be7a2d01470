/// Something that is written as a JSON object: a line of evidence or a part of one.
package protocol EvidencePart: Sendable {
    /// Names every field that is present. Fields that are nil are absent.
    func write(to fields: inout EvidenceFields)
}

/// A line that any moment of a run may bring; the first, the last and a gate's last line have methods of their own in
/// `EvidenceWriter`, because they reach the disk before the run goes on.
package protocol EvidenceLine: EvidencePart {
    static var type: String { get }
    /// Dropped, and counted, once the gate has used up its share of the file.
    static var isCapped: Bool { get }
    /// The gate that the line counts for.
    var gateID: String? { get }
    /// What the line is written as.
    var writtenType: String { get }
}

extension EvidenceLine {
    package static var isCapped: Bool { true }
    package var writtenType: String { Self.type }
}

package import Value

/// What is scanned by one shard and no other: the log of one partition.
package struct ScanUnit: Hashable, Sendable {
    package let topic: ByteString
    package let partition: Int32

    package init(_ topic: ByteString, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// What the digest of a list of units is made from: sorted, each once, a line each.
    package static func listing(_ units: some Sequence<ScanUnit>) -> [UInt8] {
        var bytes: [UInt8] = []
        for unit in Set(units).sorted() { bytes += unit.topic.bytes + Array("\t\(unit.partition)\n".utf8) }
        return bytes
    }
}

extension ScanUnit: Comparable {
    package static func < (one: ScanUnit, other: ScanUnit) -> Bool {
        one.topic == other.topic ? one.partition < other.partition : one.topic < other.topic
    }
}

extension ScanUnit: CustomStringConvertible {
    package var description: String { "\(topic)/\(partition)" }
}

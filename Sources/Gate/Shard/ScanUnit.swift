package import Value

/// What is scanned by one shard and no other: the log of one partition, or a range of it.
package struct ScanUnit: Hashable, Sendable {
    package let topic: ByteString
    package let partition: Int32
    /// Nil: all of the log.
    package let range: ScanRange?

    package init(_ topic: ByteString, _ partition: Int32, _ range: ScanRange? = nil) {
        self.topic = topic
        self.partition = partition
        self.range = range
    }

    /// The partition that it is a part of, or all of.
    package var whole: ScanUnit { ScanUnit(topic, partition) }

    /// What the digest of a list of units is made from: sorted, each once, a line each.
    package static func listing(_ units: some Sequence<ScanUnit>) -> [UInt8] {
        var bytes: [UInt8] = []
        for unit in Set(units).sorted() {
            let offsets = unit.range.map { "\t\($0.from)\t\($0.to)" } ?? ""
            bytes += unit.topic.bytes + Array("\t\(unit.partition)\(offsets)\n".utf8)
        }
        return bytes
    }
}

extension ScanUnit: Comparable {
    package static func < (one: ScanUnit, other: ScanUnit) -> Bool {
        guard one.topic == other.topic else { return one.topic < other.topic }
        guard one.partition == other.partition else { return one.partition < other.partition }
        guard let range = one.range, let next = other.range else { return one.range == nil && other.range != nil }
        return range < next
    }
}

extension ScanUnit: CustomStringConvertible {
    package var description: String { "\(topic)/\(partition)" + (range.map { ", \($0)" } ?? "") }
}

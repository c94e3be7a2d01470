/// A set of partitions, or of other numbers, as text: `0-7,9`.
package enum PartitionRanges {
    /// More on one line were not written by us.
    private static let most = 1 << 20

    package static func text(_ ascending: ArraySlice<Int64>) -> String {
        var ranges: [(low: Int64, high: Int64)] = []
        for partition in ascending {
            if let last = ranges.last, last.high == partition - 1 {
                ranges[ranges.count - 1].high = partition
            } else {
                ranges.append((partition, partition))
            }
        }
        return ranges.map { $0.low == $0.high ? "\($0.low)" : "\($0.low)-\($0.high)" }.joined(separator: ",")
    }

    /// The partitions of a text; nil where it is none.
    static func partitions(_ text: String) -> [Int32]? {
        var partitions: [Int32] = []
        for range in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let ends = range.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
                $0.allSatisfy { (0x30...0x39).contains($0) } ? Int32(String(decoding: $0, as: UTF8.self)) : nil
            }
            guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1], low <= high,
                Int(high) - Int(low) < most - partitions.count
            else { return nil }
            partitions += low...high
        }
        return partitions
    }
}

/// A part of a partition's log, between two offsets of a frozen vector.
package struct ScanRange: Hashable, Sendable {
    /// From 0, in the order of the log.
    package let index: Int
    /// In how many ranges the log is cut.
    package let count: Int
    package let from: Int64
    /// Not included.
    package let to: Int64

    package init(index: Int, of count: Int, from: Int64, to: Int64) {
        self.index = index
        self.count = count
        self.from = from
        self.to = to
    }

    package var isFirst: Bool { index == 0 }
    package var isLast: Bool { index == count - 1 }

    /// A log in so many ranges of about equal numbers of offsets.
    package static func cut(_ log: Range<Int64>, into count: Int) -> [ScanRange] {
        let size = (log.upperBound - log.lowerBound) / Int64(max(1, count))
        return (0..<max(1, count)).map { index in
            let from = log.lowerBound + Int64(index) * size
            return ScanRange(
                index: index, of: max(1, count), from: from, to: index == count - 1 ? log.upperBound : from + size)
        }
    }
}

extension ScanRange: Comparable {
    package static func < (one: ScanRange, other: ScanRange) -> Bool { (one.from, one.to) < (other.from, other.to) }
}

extension ScanRange: CustomStringConvertible {
    package var description: String { "range \(index) of \(count) (offsets \(from) to \(to))" }
}

/// What of the logs a range was found to be: where two ranges meet, both have to have found the same.
package struct ScanBounds: Hashable, Sendable {
    package var sourceFrom: Int64
    package var sourceTo: Int64
    /// Where the scan is of one cluster alone, nil.
    package var targetFrom: Int64?
    package var targetTo: Int64?
    /// The id of the target's topic, which no freeze holds.
    package var targetID: String?

    package init(
        sourceFrom: Int64, sourceTo: Int64, targetFrom: Int64? = nil, targetTo: Int64? = nil, targetID: String? = nil
    ) {
        self.sourceFrom = sourceFrom
        self.sourceTo = sourceTo
        self.targetFrom = targetFrom
        self.targetTo = targetTo
        self.targetID = targetID
    }
}

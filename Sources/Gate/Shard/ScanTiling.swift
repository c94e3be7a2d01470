/// Whether the ranges of a partition, each scanned by another shard, make up its log without a gap or an overlap.
package struct ScanTiling: Sendable {
    private var ranges: [(range: ScanRange, bounds: ScanBounds?)] = []

    package init() {}

    package mutating func add(_ range: ScanRange, _ bounds: ScanBounds?) { ranges.append((range, bounds)) }

    /// What is wrong, with the place; nil where nothing is.
    package var problem: String? {
        let ordered = ranges.sorted { $0.range.index < $1.range.index }
        guard let count = ordered.first?.range.count else { return nil }
        guard count == ordered.count, ordered.allSatisfy({ $0.range.count == count }),
            ordered.map(\.range.index) == Array(ordered.indices)
        else {
            return "its ranges are not 0 to \(count - 1), each once"
        }
        for (one, next) in zip(ordered, ordered.dropFirst()) where one.range.to != next.range.from {
            return "\(one.range) and \(next.range) do not meet"
        }
        for (range, bounds) in ordered {
            guard let bounds else { return "\(range) does not say what it found its bounds to be" }
            guard bounds.sourceFrom <= bounds.sourceTo, (bounds.targetFrom == nil) == (bounds.targetTo == nil),
                (bounds.targetFrom ?? 0) <= (bounds.targetTo ?? 0)
            else { return "\(range) ends before it begins" }
            guard (bounds.targetFrom == nil) == (bounds.targetID == nil) else {
                return "\(range) does not say which topic of the target it read"
            }
        }
        guard Set(ordered.map(\.bounds?.targetID)).count == 1 else {
            return "its ranges are of different topics of the target: it was made anew meanwhile"
        }
        for (one, next) in zip(ordered, ordered.dropFirst()) {
            let (end, start) = (one.bounds, next.bounds)
            if let problem = Self.gap("source", one.range, end?.sourceTo, next.range, start?.sourceFrom)
                ?? Self.gap("target", one.range, end?.targetTo, next.range, start?.targetFrom)
            {
                return problem
            }
        }
        return nil
    }

    private static func gap(
        _ side: String, _ one: ScanRange, _ end: Int64?, _ next: ScanRange, _ start: Int64?
    ) -> String? {
        guard end != start else { return nil }
        func text(_ offset: Int64?) -> String { offset.map { "offset \($0)" } ?? "no offset" }
        return "\(one) ended at \(text(end)) of the \(side), and \(next) began at \(text(start))"
    }
}

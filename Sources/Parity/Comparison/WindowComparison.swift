import KafkaRecords

/// Two logs, compared window by window: what is equal, and which stretches have to be read again, record by record.
package struct WindowComparison: Sendable {
    /// Offsets of a log to be read again, the upper bound not included.
    package typealias Offsets = Range<Int64>

    /// A stretch in which the logs differ.
    package struct Stretch: Hashable, Sendable {
        package var source: [Offsets] = []
        package var target: [Offsets] = []
        /// Of the source, around it: where the originals of duplicates may be.
        package var around: [Offsets] = []
        /// Of the source, all between the windows before and behind it that correspond, or its ends.
        package var between: Offsets = 0..<0
        package var sourceRecords: Int64 = 0
        package var targetRecords: Int64 = 0
    }

    /// Which records may be gone from the start of a log, so that the other's are not compared.
    package struct Bounds: Hashable, Sendable {
        /// Whether the log ever began earlier than it does now.
        package var sourceIsCut: Bool
        package var targetIsCut: Bool
        /// Records of the source from here on are there to align by, and do not count.
        package var cut: Int64
        /// The most records of either log that are read again.
        package var rereadLimit: Int64

        package init(sourceIsCut: Bool, targetIsCut: Bool, cut: Int64 = .max, rereadLimit: Int64 = 400_000) {
            self.cut = cut
            self.sourceIsCut = sourceIsCut
            self.targetIsCut = targetIsCut
            self.rereadLimit = rereadLimit
        }
    }

    /// Records in windows that correspond.
    package private(set) var matched: Int64 = 0
    package private(set) var matches: [MatchedOffsets] = []
    package private(set) var stretches: [Stretch] = []
    /// Whole windows whose records need not be read to know what they are.
    package private(set) var differences: [(difference: Difference, count: Int64)] = []
    /// Records of the source, before the first that the target still holds.
    package private(set) var sourceNotCompared: Int64 = 0
    package private(set) var targetNotCompared: Int64 = 0
    /// Of the former, those that surely lie before the cut.
    package private(set) var sourceLeftOut: Int64 = 0
    /// Records that differ, or are shifted, in ways that were not looked into: there are too many.
    package private(set) var unclassified: Int64 = 0

    private let source: [Window]
    private let target: [Window]
    private let bounds: Bounds
    private var budget: (source: Int64, target: Int64)

    package init(source: [Window], target: [Window], bounds: Bounds) {
        self.source = source
        self.target = target
        self.bounds = bounds
        budget = (bounds.rereadLimit, bounds.rereadLimit)
        let alignment = Alignment(source.map(\.identity), target.map(\.identity))
        for pair in alignment.pairs where source[pair.source].firstOffset < bounds.cut {
            matched += source[pair.source].count
        }
        for pair in [alignment.pairs.first, alignment.pairs.last] {
            guard let pair else { continue }
            let (one, other) = (source[pair.source], target[pair.target])
            matches.append(MatchedOffsets(source: one.firstOffset, target: other.firstOffset))
            matches.append(MatchedOffsets(source: one.lastOffset, target: other.lastOffset))
        }
        let places = Dictionary(source.indices.map { (source[$0].identity, $0) }) { first, _ in first }
        for gap in alignment.gaps(sourceCount: source.count, targetCount: target.count) {
            take(gap, places: places)
        }
    }

    private mutating func take(_ gap: AlignmentGap, places: [Window.Identity: Int]) {
        var stretch = Stretch()
        var around: Set<Int> = [gap.source.lowerBound - 1, gap.source.upperBound]
        // A window that is there once more as a whole is a duplicate, or has changed places, as a whole.
        var ownTarget: [Int] = []
        var absent = Dictionary(gap.source.map { (source[$0].identity, [$0]) }, uniquingKeysWith: +)
        var moved: Set<Int> = []
        for index in gap.target {
            guard let place = places[target[index].identity] else {
                ownTarget.append(index)
                continue
            }
            around.formUnion([place - 1, place + 1])
            let original = absent[target[index].identity]?.popLast()
            if let original { moved.insert(original) }
            let kind: Difference.Kind = original == nil ? .duplicated : .reordered
            differences.append(
                (
                    Difference(
                        kind, source: source[original ?? place].firstOffset, target: target[index].firstOffset),
                    target[index].count
                ))
        }
        var ownSource = gap.source.filter { !moved.contains($0) }

        // Before the first record that both have, one of the logs may have lost what the other still holds.
        if gap.source.lowerBound == 0, gap.target.lowerBound == 0 {
            if bounds.targetIsCut {
                let kept = Self.suffix(of: ownSource, in: source, holding: Self.count(ownTarget, target))
                let dropped = ownSource.dropLast(kept.count)
                sourceNotCompared += Self.count(dropped, source)
                sourceLeftOut += Self.count(dropped.filter { source[$0].lastOffset < bounds.cut }, source)
                ownSource = kept
            }
            if bounds.sourceIsCut {
                let kept = Self.suffix(of: ownTarget, in: target, holding: Self.count(ownSource, source))
                targetNotCompared += Self.count(ownTarget.dropLast(kept.count), target)
                ownTarget = kept
            }
        }
        ownSource = shortened(
            ownSource, of: source, beside: Self.count(ownTarget, target), kind: .missing)
        ownTarget = shortened(
            ownTarget, of: target, beside: Self.count(ownSource, source), kind: .extra)

        stretch.sourceRecords = Self.count(ownSource, source)
        stretch.targetRecords = Self.count(ownTarget, target)
        guard stretch.sourceRecords + stretch.targetRecords > 0 else { return }
        guard stretch.sourceRecords <= budget.source, stretch.targetRecords <= budget.target else {
            unclassified += max(stretch.sourceRecords, stretch.targetRecords)
            return
        }
        budget.source -= stretch.sourceRecords
        budget.target -= stretch.targetRecords
        let lower = gap.source.lowerBound > 0 ? source[gap.source.lowerBound - 1].offsets.upperBound : 0
        let upper = gap.source.upperBound < source.count ? source[gap.source.upperBound].firstOffset : .max
        stretch.between = lower..<max(lower, upper)
        stretch.source = ownSource.map { source[$0].offsets }
        stretch.target = ownTarget.map { target[$0].offsets }
        if !ownTarget.isEmpty {
            for index in around.sorted() where source.indices.contains(index) && !gap.source.contains(index) {
                guard source[index].count <= budget.source else { continue }
                budget.source -= source[index].count
                stretch.around.append(source[index].offsets)
            }
        }
        stretches.append(stretch)
    }

    /// Takes the middle out of a run of windows for which the other log has far too few records: whatever it has can
    /// only be at the ends, where the logs still agree.
    private mutating func shortened(
        _ indices: [Int], of windows: [Window], beside other: Int64, kind: Difference.Kind
    ) -> [Int] {
        let front = Self.prefix(of: indices, in: windows, holding: other)
        let rest = indices.dropFirst(front.count)
        let back = Self.suffix(of: Array(rest), in: windows, holding: other)
        let middle = rest.dropLast(back.count)
        guard let first = middle.first else { return indices }
        let offset = windows[first].firstOffset
        differences.append(
            (
                Difference(kind, source: kind == .missing ? offset : nil, target: kind == .extra ? offset : nil),
                Self.count(middle, windows)
            ))
        return front + back
    }

    /// The first windows that hold so many records, and one more.
    private static func prefix(of indices: [Int], in windows: [Window], holding records: Int64) -> [Int] {
        var held: Int64 = 0
        var taken = 0
        while taken < indices.count, held <= records {
            held += windows[indices[taken]].count
            taken += 1
        }
        return Array(indices.prefix(taken < indices.count ? taken + 1 : taken))
    }

    private static func suffix(of indices: [Int], in windows: [Window], holding records: Int64) -> [Int] {
        prefix(of: indices.reversed(), in: windows, holding: records).reversed()
    }

    private static func count(_ indices: some Sequence<Int>, _ windows: [Window]) -> Int64 {
        indices.reduce(0) { $0 + windows[$1].count }
    }
}

extension Window {
    /// By what two windows are the same; offsets are each log's own.
    struct Identity: Hashable, Sendable {
        var digest: RecordDigest
        var count: Int64
    }

    var identity: Identity { Identity(digest: digest, count: count) }

    /// No last offset is the largest integer.
    var offsets: Range<Int64> { firstOffset..<lastOffset + 1 }
}

/// What two logs, or parts of them, have in common and what not.
package struct ComparisonResult: Hashable, Sendable {
    /// What is known of the logs beside their records.
    package struct Limits: Hashable, Sendable {
        /// Records of the source from here on do not count: they may not have been copied yet, or were not asked about.
        package var cut: Int64?
        /// Offsets before the first that a log still has: so many records it may have lost, and not one more.
        package var sourceLost: Int64 = 0
        package var targetLost: Int64 = 0
        /// Whether a log was read to its end.
        package var sourceIsWhole = true
        package var targetIsWhole = true

        package init() {}
    }

    /// Records of the source about which something is known: those that the target has, and those that it lacks.
    package private(set) var compared: Int64 = 0
    /// Of those, the ones that the target has as they are, in their place.
    package private(set) var matched: Int64
    package private(set) var differences = DifferenceTally()
    /// Records that the other log may have lost, or not have yet.
    package private(set) var sourceNotCompared: Int64
    package private(set) var targetNotCompared: Int64
    /// Records that differ, too many to say how: with any of these the counts are lower bounds.
    package private(set) var unclassified: Int64
    package private(set) var firstMatch: MatchedOffsets?
    package private(set) var lastMatch: MatchedOffsets?
    /// How many records that the other log has may yet be taken for lost.
    private var mayBeGoneFromSource: Int64 = 0
    private var mayBeGoneFromTarget: Int64 = 0

    /// The classifier has been given the records of every stretch of `windows`.
    package init(_ windows: WindowComparison, _ classifier: DifferenceClassifier, _ limits: Limits) {
        var classifier = classifier
        for match in windows.matches { classifier.take(match) }
        matched = windows.matched + classifier.matched
        sourceNotCompared = windows.sourceNotCompared
        targetNotCompared = windows.targetNotCompared
        unclassified = windows.unclassified
        firstMatch = classifier.firstMatch
        lastMatch = classifier.lastMatch
        compared = matched
        (mayBeGoneFromSource, mayBeGoneFromTarget) = (limits.sourceLost, limits.targetLost)
        settleStart(windows, limits)
        for (difference, count) in windows.differences { take(difference, count, limits) }
        for difference in classifier.finish() { take(difference, 1, limits) }
    }

    /// What compacted logs came to; keyless records are in no key's hand, and were not compared.
    package init(_ latest: LatestComparison, keyless: Int64) {
        matched = latest.matched
        differences = latest.differences
        compared = latest.matched + latest.differences[.missing] + latest.differences[.altered]
        sourceNotCompared = latest.sourceNotCompared
        targetNotCompared = latest.targetNotCompared
        unclassified = keyless
    }

    /// What records drawn by lot came to.
    init(_ findings: SampleFindings) {
        matched = findings.found
        compared = findings.found
        sourceNotCompared = findings.notCompared
        targetNotCompared = 0
        unclassified = findings.lost
        for difference in findings.classifier.finish() { take(difference, 1, Limits()) }
    }

    /// Takes back what windows were left out for, where the other log cannot have lost so much.
    private mutating func settleStart(_ windows: WindowComparison, _ limits: Limits) {
        // Without a match, what a log has behind the place where reading stopped may be just this.
        if firstMatch != nil || limits.targetIsWhole {
            let excess = windows.sourceLeftOut - Self.excuse(&mayBeGoneFromTarget, windows.sourceLeftOut)
            differences.add(Difference(.missing, source: nil, target: nil), count: excess)
            sourceNotCompared -= excess
            compared += excess
        }
        if firstMatch != nil || limits.sourceIsWhole {
            let excess = windows.targetNotCompared - Self.excuse(&mayBeGoneFromSource, windows.targetNotCompared)
            differences.add(Difference(.extra, source: nil, target: nil), count: excess)
            targetNotCompared -= excess
        }
    }

    /// How many of these records may be gone; each is so once.
    private static func excuse(_ left: inout Int64, _ count: Int64) -> Int64 {
        let excused = min(left, count)
        left -= excused
        return excused
    }

    private mutating func take(_ difference: Difference, _ count: Int64, _ limits: Limits) {
        var count = count
        if let cut = limits.cut, let offset = difference.sourceOffset, offset >= cut {
            sourceNotCompared += count
            return
        }
        switch difference.kind {
        case .missing:
            let offset = difference.sourceOffset ?? 0
            let isBefore = firstMatch.map { offset < $0.source } ?? true
            let isAfter = lastMatch.map { offset > $0.source } ?? true
            let excused =
                isAfter && !limits.targetIsWhole ? count : isBefore ? Self.excuse(&mayBeGoneFromTarget, count) : 0
            sourceNotCompared += excused
            count -= excused
            compared += count
        case .extra:
            let offset = difference.targetOffset ?? 0
            let isBefore = firstMatch.map { offset < $0.target } ?? true
            let isAfter = lastMatch.map { offset > $0.target } ?? true
            let excused =
                isAfter && !limits.sourceIsWhole ? count : isBefore ? Self.excuse(&mayBeGoneFromSource, count) : 0
            targetNotCompared += excused
            count -= excused
        case .altered, .reordered: compared += count
        case .duplicated, .abortedCopied: break
        }
        differences.add(difference, count: count)
    }
}

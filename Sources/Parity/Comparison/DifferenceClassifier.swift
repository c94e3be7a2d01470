package import KafkaRecords

/// Says what the records are that two logs do not have in common.
///
/// It is given the stretches in which the logs differ, aligns the records of each, and keeps those that have no
/// counterpart. What became of them can be said only when all are known: a record that is missing in one place and
/// extra in another was reordered.
package struct DifferenceClassifier: Sendable {
    /// Records between two that correspond.
    private struct Gap: Sendable {
        var source: [RecordFingerprint]
        var target: [RecordFingerprint]
    }

    private let includesTimestamps: Bool
    private let cut: Int64
    private var gaps: [Gap] = []
    /// Where the source has each digest that was looked at: the first place.
    private var known: [RecordDigest: Int64] = [:]
    /// Where the source has records of aborted transactions, the last one first.
    private var aborted: [RecordDigest: [Int64]] = [:]
    /// Records that correspond in the stretches given.
    package private(set) var matched: Int64 = 0
    package private(set) var firstMatch: MatchedOffsets?
    package private(set) var lastMatch: MatchedOffsets?

    /// `includesTimestamps`: as the digests were made; `cut`: records of the source from there on do not count.
    package init(includesTimestamps: Bool, cut: Int64 = .max) {
        self.includesTimestamps = includesTimestamps
        self.cut = cut
    }

    /// Takes note of records of the source that lie around the stretches: what is there once more is a duplicate.
    package mutating func note(_ source: [RecordFingerprint]) {
        for record in source where known[record.digest] == nil { known[record.digest] = record.offset }
    }

    /// Takes note of records that the source holds where it differs, and that no consumer of it was ever given.
    package mutating func note(aborted records: [RecordFingerprint]) {
        for record in records.reversed() { aborted[record.digest, default: []].append(record.offset) }
    }

    /// Takes a stretch of each log; says whether the target has records there that have no counterpart.
    @discardableResult
    package mutating func take(source: [RecordFingerprint], target: [RecordFingerprint]) -> Bool {
        note(source)
        let alignment = Alignment(source.map(\.digest), target.map(\.digest))
        matched += Int64(alignment.pairs.count { source[$0.source].offset < cut })
        for pair in [alignment.pairs.first, alignment.pairs.last] {
            guard let pair else { continue }
            take(MatchedOffsets(source: source[pair.source].offset, target: target[pair.target].offset))
        }
        for gap in alignment.gaps(sourceCount: source.count, targetCount: target.count) {
            gaps.append(Gap(source: Array(source[gap.source]), target: Array(target[gap.target])))
        }
        return alignment.pairs.count < target.count
    }

    /// Takes note of records that correspond, wherever.
    package mutating func take(_ match: MatchedOffsets) {
        if firstMatch.map({ match.source < $0.source }) ?? true { firstMatch = match }
        if lastMatch.map({ match.source > $0.source }) ?? true { lastMatch = match }
    }

    /// Records of the target that are like nothing known of the source: only they can be duplicates of what was not
    /// looked at.
    package func unexplained() -> Set<RecordDigest> {
        var rest = gaps
        _ = takeReordered(&rest)
        _ = takeAborted(&rest)
        for index in rest.indices {
            _ = takeDuplicates(&rest[index])
            // A record that differs from its neighbour's counterpart in one part alone is that one, altered.
            _ = takeAltered(&rest[index], by: Self.likeness.prefix(4))
        }
        return Set(rest.flatMap { $0.target.map(\.digest) })
    }

    /// Takes note of where else the source has records of the target.
    package mutating func note(originals: [RecordDigest: Int64]) {
        known.merge(originals) { first, _ in first }
    }

    /// What the records without a counterpart are.
    package func finish() -> [Difference] {
        var rest = gaps
        var found = takeReordered(&rest)
        // Before duplicates, for which there is a budget: a record that was aborted and then sent again is both.
        found += takeAborted(&rest)
        for index in rest.indices {
            found += takeDuplicates(&rest[index])
            found += takeAltered(&rest[index])
            found += rest[index].source.map { Difference(.missing, source: $0.offset, target: nil) }
            found += rest[index].target.map { Difference(.extra, source: nil, target: $0.offset) }
        }
        return found
    }

    private func takeReordered(_ rest: inout [Gap]) -> [Difference] {
        var missing: [RecordDigest: [Int64]] = [:]
        for gap in rest { for record in gap.source { missing[record.digest, default: []].append(record.offset) } }
        var found: [Difference] = []
        var moved: [RecordDigest: Int] = [:]
        for index in rest.indices {
            rest[index].target.removeAll { record in
                let count = moved[record.digest, default: 0]
                guard let offsets = missing[record.digest], count < offsets.count else { return false }
                moved[record.digest] = count + 1
                found.append(Difference(.reordered, source: offsets[count], target: record.offset))
                return true
            }
        }
        for index in rest.indices {
            rest[index].source.removeAll { record in
                guard let count = moved[record.digest], count > 0 else { return false }
                moved[record.digest] = count - 1
                return true
            }
        }
        return found
    }

    private func takeAborted(_ rest: inout [Gap]) -> [Difference] {
        guard !aborted.isEmpty else { return [] }
        var found: [Difference] = []
        var aborted = aborted
        for index in rest.indices {
            rest[index].target.removeAll { record in
                guard let offset = aborted[record.digest]?.popLast() else { return false }
                found.append(Difference(.abortedCopied, source: offset, target: record.offset))
                return true
            }
        }
        return found
    }

    private func takeDuplicates(_ gap: inout Gap) -> [Difference] {
        var found: [Difference] = []
        gap.target.removeAll { record in
            guard let source = known[record.digest] else { return false }
            found.append(Difference(.duplicated, source: source, target: record.offset))
            return true
        }
        return found
    }

    /// Pairs records that agree in most of their parts, in their order: first those in which least differs.
    private func takeAltered(
        _ gap: inout Gap, by likeness: ArraySlice<RecordParts> = Self.likeness[...]
    ) -> [Difference] {
        var found: [Difference] = []
        for parts in likeness where !gap.source.isEmpty && !gap.target.isEmpty {
            let parts = includesTimestamps ? parts : parts.subtracting(.timestamp)
            // What has none of the parts by which it should be recognised is like anything.
            let source = gap.source.indices.filter { gap.source[$0].isRecognised(by: parts) }
            let target = gap.target.indices.filter { gap.target[$0].isRecognised(by: parts) }
            let alignment = Alignment(
                source.map { gap.source[$0].likeness(parts) }, target.map { gap.target[$0].likeness(parts) })
            for pair in alignment.pairs {
                let (one, other) = (gap.source[source[pair.source]], gap.target[target[pair.target]])
                found.append(
                    Difference(
                        .altered, source: one.offset, target: other.offset,
                        parts: one.differences(from: other, includesTimestamps: includesTimestamps)))
            }
            let taken = (
                source: Set(alignment.pairs.map { source[$0.source] }),
                target: Set(alignment.pairs.map { target[$0.target] })
            )
            gap.source = gap.source.indices.filter { !taken.source.contains($0) }.map { gap.source[$0] }
            gap.target = gap.target.indices.filter { !taken.target.contains($0) }.map { gap.target[$0] }
        }
        return found
    }

    /// By what parts an altered record is recognised, the surest first.
    private static let likeness: [RecordParts] = [
        [.key, .value, .headers], [.key, .value, .timestamp], [.key, .headers, .timestamp],
        [.value, .headers, .timestamp], [.key, .value], [.key, .timestamp], [.value, .timestamp], [.key], [.value],
    ]
}

/// Where two logs have one record.
package struct MatchedOffsets: Hashable, Sendable {
    package var source: Int64
    package var target: Int64

    package init(source: Int64, target: Int64) {
        self.source = source
        self.target = target
    }
}

extension RecordFingerprint {
    fileprivate struct Likeness: Hashable {
        var key: UInt64??
        var value: UInt64??
        var headers: UInt64?
        var timestamp: Int64?
    }

    fileprivate func likeness(_ parts: RecordParts) -> Likeness {
        var likeness = Likeness()
        if parts.contains(.key) { likeness.key = .some(key) }
        if parts.contains(.value) { likeness.value = .some(value) }
        if parts.contains(.headers) { likeness.headers = headers }
        if parts.contains(.timestamp) { likeness.timestamp = timestamp }
        return likeness
    }

    /// Two null keys say nothing of two records, nor do their equal headers, which most records do not have.
    fileprivate func isRecognised(by parts: RecordParts) -> Bool {
        parts.contains(.timestamp) || (parts.contains(.key) && key != nil) || (parts.contains(.value) && value != nil)
    }

    fileprivate func differences(from other: RecordFingerprint, includesTimestamps: Bool) -> RecordParts {
        var parts: RecordParts = []
        if key != other.key { parts.insert(.key) }
        if value != other.value { parts.insert(.value) }
        if headers != other.headers { parts.insert(.headers) }
        if includesTimestamps, timestamp != other.timestamp { parts.insert(.timestamp) }
        return parts
    }
}

package import KafkaRecords

/// The latest record of each key in a part of a log.
///
/// A log may have more keys than there is memory for: then only those of one share are kept, and the log is read once
/// for each share.
package struct LatestRecords: Sendable {
    package struct Latest: Hashable, Sendable {
        package var offset: Int64
        package var value: UInt64?
        package var headers: UInt64
        package var timestamp: Int64

        package init(_ record: RecordFingerprint) {
            offset = record.offset
            value = record.value
            headers = record.headers
            timestamp = record.timestamp
        }

        package var isTombstone: Bool { value == nil }
    }

    /// The keys of which share, of how many.
    package struct Share: Hashable, Sendable {
        package var index: UInt64
        package var count: UInt64

        package init(index: UInt64 = 0, of count: UInt64 = 1) {
            self.index = index
            self.count = count
        }
    }

    package let share: Share
    /// By the hash of the key.
    package private(set) var latest: [UInt64: Latest] = [:]
    /// Records without a key, which no compaction keeps apart.
    package private(set) var keyless: Int64 = 0
    package private(set) var records: Int64 = 0

    package init(_ share: Share = Share()) {
        self.share = share
    }

    package mutating func take(_ record: RecordFingerprint) {
        records += 1
        guard let key = record.key else {
            keyless += 1
            return
        }
        // Not the bits by which a dictionary would choose its buckets.
        guard (key >> 20) % share.count == share.index else { return }
        latest[key] = Latest(record)
    }
}

/// Compacted logs, compared by what each key stands for in the end.
package struct LatestComparison: Hashable, Sendable {
    package struct Rules: Hashable, Sendable {
        package var comparesTimestamps = true
        /// The most keys that may have gone from a log by age (retention beside compaction): each had an offset before
        /// the first that the log still has.
        package var sourceLost: Int64 = 0
        package var targetLost: Int64 = 0

        package init() {}
    }

    package private(set) var matched: Int64 = 0
    package private(set) var differences = DifferenceTally()
    /// Keys of the source about which nothing can be said, because they went on changing or may be gone by age.
    package private(set) var sourceNotCompared: Int64 = 0
    package private(set) var targetNotCompared: Int64 = 0
    /// Of both, the keys that were taken to be gone by age.
    private var goneFromSource: Int64 = 0
    private var goneFromTarget: Int64 = 0

    package init() {}

    /// Compares one share of the keys.
    ///
    /// `source`: up to the cut; `later`: what came to the source after it. A tombstone and no record are the same: each
    /// log drops its tombstones in its own time.
    package mutating func add(
        source: LatestRecords, later: LatestRecords, target: LatestRecords, _ rules: Rules
    ) {
        for (key, one) in source.latest.sorted(by: { $0.value.offset < $1.value.offset }) {
            let other = target.latest[key]
            if Self.agree(one, other, rules) {
                matched += 1
            } else if later.latest[key] != nil {
                // The target may have any of what the source had since.
                sourceNotCompared += 1
            } else if let other {
                differences.add(
                    Difference(
                        .altered, source: one.offset, target: other.offset, parts: Self.parts(one, other, rules)))
            } else if goneFromTarget < rules.targetLost {
                goneFromTarget += 1
                sourceNotCompared += 1
            } else {
                differences.add(Difference(.missing, source: one.offset, target: nil))
            }
        }
        for (key, other) in target.latest.sorted(by: { $0.value.offset < $1.value.offset })
        where source.latest[key] == nil && !other.isTombstone {
            if later.latest[key] != nil {
                targetNotCompared += 1
            } else if goneFromSource < rules.sourceLost {
                goneFromSource += 1
                targetNotCompared += 1
            } else {
                differences.add(Difference(.extra, source: nil, target: other.offset))
            }
        }
    }

    private static func agree(_ one: LatestRecords.Latest, _ other: LatestRecords.Latest?, _ rules: Rules) -> Bool {
        guard let other else { return one.isTombstone }
        return one.isTombstone && other.isTombstone || parts(one, other, rules).isEmpty
    }

    private static func parts(
        _ one: LatestRecords.Latest, _ other: LatestRecords.Latest, _ rules: Rules
    ) -> RecordParts {
        var parts: RecordParts = []
        if one.value != other.value { parts.insert(.value) }
        if one.headers != other.headers { parts.insert(.headers) }
        if rules.comparesTimestamps, one.timestamp != other.timestamp { parts.insert(.timestamp) }
        return parts
    }
}

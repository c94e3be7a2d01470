import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
private import Value

/// What of a pair of logs is compared apart from the rest: source offsets of a frozen log.
package struct PairRange: Hashable, Sendable {
    /// Nil: the logs' beginning.
    package var from: Int64?
    /// Not included; nil: the logs' end.
    package var to: Int64?
    /// How far behind these the logs may be cut, where they differ right there; the same for all ranges.
    package var slide: Int64

    package init(from: Int64?, to: Int64?, slide: Int64) {
        self.from = from
        self.to = to
        self.slide = slide
    }
}

/// Finds where two logs can be cut, so that what lies before the cut on one is what lies before it on the other.
///
/// It is looked for on both logs in the same way: the first place, from the first record that is not older, where a run
/// of the source's records comes. Where that is not the place on the source from which the run was taken, the run comes
/// more than once, and the next one is tried. So logs that are equal are cut at the same record; where a cut would be
/// wrong they differ. Whoever looks for the same cut finds the same, as logs only grow at their end.
struct BoundSearch: Sendable {
    /// A cut: nothing of it belongs to what lies before.
    struct Bound: Hashable, Sendable {
        var source: Int64
        var target: Int64
    }

    let source: KafkaCluster
    let target: KafkaCluster
    let policy: DigestPolicy
    let isolation: IsolationLevel
    let context: CallContext

    /// Records on either side of a cut that have to agree: what has changed places by less stays on one side of it.
    private static let reach = 64
    private static let fewest = 16
    /// The most records of a log that are looked through.
    private static let mostRecords = 1_000_000
    /// Of the target so many more than of the source, for what it has beside them.
    private static let slack = 20_000

    /// The first cut from an offset of the source on, within `slide` offsets.
    func find(
        _ pair: LogPair, near offset: Int64, slide: Int64, source log: Range<Int64>, target copy: Range<Int64>
    ) async throws(KafkaError) -> Bound {
        let reach = Int64(Self.reach)
        let around = max(log.lowerBound, offset - reach)..<min(log.upperBound, offset.saturatingSum(slide + reach))
        guard around.lowerBound < around.upperBound else { throw lost(pair, offset, "the source ends before it") }
        let near = try await source.fingerprints(of: pair.source, [around], policy, isolation: isolation, context)
        guard let oldest = near.map(\.timestamp).min(), oldest > 0 else {
            throw lost(pair, offset, "records there carry no time")
        }
        let ours = try await records(source, pair.source, oldest, to: around.upperBound, most: Self.mostRecords)
        guard ours.count < Self.mostRecords else {
            throw lost(pair, offset, "more than \(Self.mostRecords) records before it are of the same time or later")
        }
        let theirs = try await records(
            target, pair.target, oldest, to: copy.upperBound, most: ours.count + Self.slack)
        let places = (Places(ours), Places(theirs))
        // Between two batches, if that is possible: copies of batches are then compared as such.
        let between = try await batchStart(pair.source, offset)
        for index in near.indices.filter({ near[$0].offset >= between }) + Array(near.indices) {
            let record = near[index]
            guard record.offset >= offset, record.offset - offset <= slide else { continue }
            let first = max(0, index - Self.reach)
            let run = near[first..<min(near.count, index + Self.reach)].map(\.digest)
            guard run.count >= Self.fewest, first < index else { continue }
            guard let place = places.0.first(of: run), ours[place + index - first].offset == record.offset,
                let other = places.1.first(of: run)
            else { continue }
            return Bound(source: record.offset, target: theirs[other + index - first].offset)
        }
        throw lost(pair, offset, "no run of records there is on the target as it is")
    }

    /// The first offset from this one on with which a batch begins.
    private func batchStart(_ partition: TopicPartition, _ offset: Int64) async throws(KafkaError) -> Int64 {
        var bounds = KafkaCluster.FetchBounds()
        bounds.maxBytes = 64 << 10
        switch await source.fetch([(partition, offset)], isolation: isolation, bounds: bounds, context).first {
        case .value(let part):
            var cursor = BatchCursor(part.records)
            guard let batch = try? cursor.next() else { return offset }
            return (batch.baseOffset ?? batch.lastOffset) >= offset ? offset : batch.nextOffset
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
    }

    private func records(
        _ cluster: KafkaCluster, _ partition: TopicPartition, _ oldest: Int64, to end: Int64, most: Int
    ) async throws(KafkaError) -> [DigestedRecord] {
        let start: Int64?
        switch await cluster.offsets(.time(oldest), of: [partition], context).first {
        case .value(let fact): start = fact.offset
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
        var records: [DigestedRecord] = []
        guard let start, start < end else { return records }
        try await cluster.digest(partition, start..<end, policy, isolation: isolation, context) { found in
            records += found
            return records.count >= most
        }
        return records
    }

    private func lost(_ pair: LogPair, _ offset: Int64, _ fact: String) -> KafkaError {
        KafkaError(
            .unsupported(
                "the logs cannot be cut at offset \(offset) of the source: \(fact); compare without ranges (range=0)")
        )
        .with { $0.partition = pair.source }
    }
}

/// Where runs of records come in a log.
private struct Places {
    private let digests: [RecordDigest]
    private let indices: [RecordDigest: [Int]]

    init(_ records: [DigestedRecord]) {
        digests = records.map(\.digest)
        indices = Dictionary(grouping: digests.indices) { [digests] in digests[$0] }
    }

    func first(of run: [RecordDigest]) -> Int? {
        guard let mark = run.first else { return nil }
        return indices[mark]?.first { index in
            index + run.count <= digests.count && digests[index..<index + run.count].elementsEqual(run)
        }
    }
}

import KafkaClient
import KafkaFacts
import KafkaRecords
private import Value

/// What became of records of the source that were looked for on the target.
struct SampleFindings: Sendable {
    var found: Int64 = 0
    var classifier: DifferenceClassifier
    /// Neither they nor what lies around them was found.
    var lost: Int64 = 0
    /// Older than what the target still holds.
    var notCompared: Int64 = 0
}

extension PositionSearch {
    /// How far behind the first record that is not older a sample is looked for.
    private static let reach: [Int64] = [2_000, 200_000]

    /// Looks for the records at these offsets of the source, each with its neighbours.
    func samples(
        _ pair: LogPair, at offsets: [Int64], source bounds: LogSpan, target: LogSpan, _ policy: DigestPolicy
    ) async throws(KafkaError) -> SampleFindings {
        var findings = SampleFindings(classifier: DifferenceClassifier(includesTimestamps: policy.includesTimestamps))
        var last: Int64 = -1
        for offset in offsets {
            let around = try await neighbours(pair.source, offset, bounds, count: 2 * run, policy)
            // Two offsets may lead to one record, where there are markers or compaction left gaps.
            guard let record = around.after.first, record.offset > last else { continue }
            last = record.offset
            try await look(for: record, around, pair, bounds.start, target, policy, &findings)
        }
        return findings
    }

    private func look(
        for record: RecordFingerprint, _ around: Neighbours, _ pair: LogPair, _ sourceStart: Int64, _ bounds: LogSpan,
        _ policy: DigestPolicy, _ findings: inout SampleFindings
    ) async throws(KafkaError) {
        let oldest = around.oldestTimestamp ?? -1
        let from = policy.includesTimestamps ? try await start(pair.target, oldest, bounds) : bounds.start
        let next = RecordRun(before: [], after: Array(around.run.after.dropFirst()))
        let before = RecordRun(before: around.run.before, after: [])
        for reach in Self.reach {
            guard let from else { break }
            let end = max(from, min(bounds.end, from.saturatingSum(reach)))
            let log = try await digests(pair.target, from..<end, policy)
            let plain = log.map(\.digest)
            if !around.run.places(in: plain, atLeast: run).isEmpty {
                findings.found += 1
                return
            }
            // What lies before and behind it is there: the record itself is missing between the two, or another.
            var starts = before.places(in: plain, atLeast: run).map(\.index)
            var ends = next.places(in: plain, atLeast: run).map(\.index)
            // Nothing comes before the first record, and nothing behind the last.
            if before.before.isEmpty, from == bounds.start { starts = [0] }
            if next.after.isEmpty, end == bounds.end { ends = [log.count] }
            if starts.count == 1, ends.count == 1, starts[0] <= ends[0] {
                let between = log[starts[0]..<ends[0]].map { $0.offset..<$0.offset + 1 }
                let others = try await target.fingerprints(
                    of: pair.target, between, policy, isolation: isolation, context)
                findings.classifier.take(source: [record], target: others)
                return
            }
        }
        // The target has lost no more records than it has offsets before its start; where there are so many before
        // this one, it was never there.
        let mayBeGone = record.offset - sourceStart < bounds.start
        if mayBeGone, from == bounds.start { findings.notCompared += 1 } else { findings.lost += 1 }
    }
}

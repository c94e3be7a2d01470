import KafkaClient
import KafkaFacts
import KafkaRecords
import Transport

extension KafkaCluster {
    /// The records at these offsets, of which the parts are kept apart; ranges rise.
    func fingerprints(
        of partition: TopicPartition, _ offsets: [Range<Int64>], _ policy: DigestPolicy, isolation: IsolationLevel,
        _ context: CallContext
    ) async throws(KafkaError) -> [RecordFingerprint] {
        var found: [RecordFingerprint] = []
        let reader = RecordReader()
        for range in Self.joined(offsets) {
            let stopped = try await walk(
                partition, from: range.lowerBound, to: range.upperBound, isolation: isolation, context
            ) { part, offset throws(RecordsError) in
                var digester = RecordDigester(policy)
                var attempt: [RecordFingerprint] = []
                let fetched = part.records(from: offset, to: range.upperBound, isolation: isolation)
                let summary = try reader.scan(fetched) { record in
                    attempt.append(digester.fingerprint(of: record))
                    return .proceed
                }
                found += attempt
                return .proceed(summary.nextOffset)
            }
            guard stopped >= range.upperBound else {
                throw KafkaError(.changed("offsets up to \(range.upperBound) were there before"), api: "Fetch")
                    .with { $0.partition = partition }
            }
        }
        // What is read for the sake of one walk, between two ranges, is in none.
        var rest = offsets[...]
        return found.filter { record in
            while let first = rest.first, first.upperBound <= record.offset { rest = rest.dropFirst() }
            return rest.first?.contains(record.offset) ?? false
        }
    }

    /// Neighbouring ranges as one: each is a walk of its own.
    private static func joined(_ offsets: [Range<Int64>]) -> [Range<Int64>] {
        var joined: [Range<Int64>] = []
        for range in offsets where !range.isEmpty {
            // Between two windows lie markers at most, when there is not much.
            if let last = joined.last, range.lowerBound >= last.upperBound, range.lowerBound - last.upperBound <= 8 {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}

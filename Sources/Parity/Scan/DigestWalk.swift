import KafkaClient
import KafkaFacts
import KafkaRecords
import Transport

extension KafkaCluster {
    /// Digests the records at these offsets, fetch by fetch, until `take` has had enough of them.
    func digest(
        _ partition: TopicPartition, _ offsets: Range<Int64>, _ policy: DigestPolicy, isolation: IsolationLevel,
        _ context: CallContext, take: ([DigestedRecord]) -> Bool
    ) async throws(KafkaError) {
        let reader = RecordReader()
        _ = try await walk(
            partition, from: offsets.lowerBound, to: offsets.upperBound, isolation: isolation, context
        ) { part, offset throws(RecordsError) in
            var digester = RecordDigester(policy)
            var records: [DigestedRecord] = []
            let fetched = part.records(from: offset, to: offsets.upperBound, isolation: isolation)
            let summary = try reader.digest(fetched, with: &digester, into: &records)
            return take(records) ? .enough(summary.nextOffset) : .proceed(summary.nextOffset)
        }
    }
}

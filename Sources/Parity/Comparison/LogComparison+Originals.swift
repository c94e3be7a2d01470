import KafkaClient
private import KafkaFacts
import KafkaRecords
private import Transport

extension LogComparison {
    /// Looks through the whole source for records that the target has and nobody knows from where: what the source
    /// holds anywhere is there once more, and nothing foreign.
    ///
    /// Most comparisons never come here, as what a replicator copies again lies beside what it had copied.
    func noteOriginals(
        of frame: Frame, from start: Int64, _ policy: DigestPolicy, in classifier: inout DifferenceClassifier
    ) async throws(KafkaError) {
        var wanted = classifier.unexplained()
        guard !wanted.isEmpty else { return }
        var originals: [RecordDigest: Int64] = [:]
        let reader = RecordReader()
        let end = frame.sourceEnd
        _ = try await source.walk(
            frame.pair.source, from: start, to: end, isolation: scope.isolation, context
        ) { part, offset throws(RecordsError) in
            var digester = RecordDigester(policy)
            var records: [DigestedRecord] = []
            let fetched = FetchedRecords(
                part.records, from: offset, to: end, isolationLevel: scope.isolation,
                abortedTransactions: part.abortedTransactions)
            let summary = try reader.digest(fetched, with: &digester, into: &records)
            for record in records where wanted.remove(record.digest) != nil {
                originals[record.digest] = record.offset
            }
            return wanted.isEmpty ? .enough(summary.nextOffset) : .proceed(summary.nextOffset)
        }
        classifier.note(originals: originals)
    }
}

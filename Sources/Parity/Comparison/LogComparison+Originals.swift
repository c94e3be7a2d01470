import KafkaClient
import KafkaRecords

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
        let start = max(start, frame.sourceLog.lowerBound)
        try await source.digest(
            frame.pair.source, start..<max(start, frame.sourceLog.upperBound), policy, isolation: scope.isolation,
            context
        ) { records in
            for record in records where wanted.remove(record.digest) != nil {
                originals[record.digest] = record.offset
            }
            return wanted.isEmpty
        }
        classifier.note(originals: originals)
    }
}

import KafkaRecords
import KafkaWire
private import Value

/// What a leader asks of records beyond that they are sound.
extension ClusterState {
    /// Refuses records whose time is too far off, and those that could never be compacted.
    func check(_ records: ArraySlice<UInt8>, _ topic: Topic, _ place: String) throws(Refusal) {
        let isCompacted = topic.isCompacted(profile)
        let bounds = timestampBounds(topic)
        var problems: [ProduceResponse.RecordError] = []
        var hasTimeProblem = false
        do throws(RecordsError) {
            var batches = BatchCursor(records)
            guard case .batch(let batch)? = try batches.next() else { return }
            var cursor = try RecordCursor(batch, using: Decompressor())
            var index: Int32 = 0
            while try cursor.advance() {
                defer { index += 1 }
                let (key, time, offset) = (cursor.record.key, cursor.record.timestamp, cursor.record.offset)
                if isCompacted, key == nil {
                    problems.append(
                        .with {
                            $0.batchIndex = index
                            $0.batchIndexErrorMessage =
                                "Compacted topic cannot accept message without key in topic partition \(place)"
                        })
                } else if let bounds, time >= 0, !bounds.contains(time) {
                    hasTimeProblem = true
                    problems.append(
                        .with {
                            $0.batchIndex = index
                            $0.batchIndexErrorMessage =
                                "Timestamp \(time) of message with offset \(offset) is out of range. The timestamp "
                                + "should be within [\(bounds.lowerBound), \(bounds.upperBound)]"
                        })
                }
            }
        } catch {
            throw Refusal(.corruptMessage)
        }
        guard !problems.isEmpty else { return }
        guard !hasTimeProblem else {
            throw Refusal(
                .invalidTimestamp, "One or more records have been rejected due to invalid timestamp", records: problems)
        }
        let shown = problems.prefix(3).map { problem in
            "RecordError(batchIndex=\(problem.batchIndex), message='\(problem.batchIndexErrorMessage ?? "")')"
        }
        throw Refusal(
            .invalidRecord,
            "One or more records have been rejected due to \(problems.count) record errors in total, and only showing "
                + "the first three errors at most: [\(shown.joined(separator: ", "))]", records: problems)
    }

    /// Nil where the broker's own time counts.
    private func timestampBounds(_ topic: Topic) -> ClosedRange<Int64>? {
        guard !topic.usesLogAppendTime else { return nil }
        let before = topic.number("message.timestamp.before.max.ms", profile) ?? .max
        let after = topic.number("message.timestamp.after.max.ms", profile) ?? .max
        return (nowMs - before)...nowMs.saturatingSum(after)
    }

    /// Lets a batch take part in its producer's transaction, which from version 12 on it may begin.
    mutating func join(
        _ header: RecordBatchHeader, _ id: String, _ topic: Name, _ index: Int32, _ call: Call
    ) throws(Refusal) {
        let abortable: KafkaErrorCode = call.version >= 11 ? .transactionAbortable : .invalidTxnState
        guard let transaction = transactions[Name(id)], transaction.producerID == header.producerId else {
            throw Refusal(.invalidProducerIDMapping)
        }
        guard transaction.epoch == header.producerEpoch else { throw Refusal(.invalidProducerEpoch) }
        if call.version >= 12 { return add([(topic, index)], to: Name(id)) }
        guard Name(transaction.state) == "Ongoing", transaction.partitions[topic]?.contains(index) == true else {
            throw Refusal(
                abortable, abortable == .invalidTxnState ? "Partition was not added to the transaction" : nil)
        }
    }
}

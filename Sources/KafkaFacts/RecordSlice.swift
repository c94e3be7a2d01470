package import KafkaClient
package import KafkaRecords
private import Transport

/// Records of one partition, as a gate asks for them.
package struct RecordSlice: Sendable {
    package let records: [KafkaRecord]
    /// Where reading stopped.
    package let nextOffset: Int64
    package let controlRecords: Int
    package let abortedRecords: Int
    /// Whether it stopped because there were enough records or bytes; if not, and before the end asked for, the log did
    /// not give what it should have.
    package let isFull: Bool
}

extension KafkaCluster {
    /// The data records from `start` to `end` (not included), at most `count` of them and about `maxBytes` of memory.
    package func records(
        of partition: TopicPartition, from start: Int64, to end: Int64, count: Int, isolation: IsolationLevel,
        maxBytes: Int, _ context: CallContext
    ) async throws(KafkaError) -> RecordSlice {
        guard count > 0 else {
            return RecordSlice(
                records: [], nextOffset: start, controlRecords: 0, abortedRecords: 0, isFull: true)
        }
        var records: [KafkaRecord] = []
        var bytes = 0
        var control = 0
        var aborted = 0
        var isFull = false
        var bounds = FetchBounds()
        // A handful of records does not need megabytes.
        if count <= 100 { bounds.maxBytes = 256 << 10 }
        let reader = RecordReader()
        let stopped = try await walk(
            partition, from: start, to: end, isolation: isolation, bounds: bounds, context
        ) { part, offset throws(RecordsError) in
            var budget = RecordReader.Budget()
            budget.maxRecords = count - records.count
            budget.maxBytes = max(1, maxBytes - bytes)
            let fetched = part.records(from: offset, to: end, isolation: isolation)
            let (read, summary) = try reader.read(fetched, within: budget)
            records += read
            control += summary.controlRecords
            aborted += summary.abortedRecords
            bytes += read.reduce(0) { $0 + 128 + ($1.key?.count ?? 0) + ($1.value?.count ?? 0) }
            for record in read { bytes += record.headers.reduce(0) { $0 + 64 + $1.key.count + ($1.value?.count ?? 0) } }
            isFull = records.count >= count || bytes >= maxBytes
            return isFull ? .enough(summary.nextOffset) : .proceed(summary.nextOffset)
        }
        return RecordSlice(
            records: records, nextOffset: stopped, controlRecords: control, abortedRecords: aborted, isFull: isFull)
    }
}

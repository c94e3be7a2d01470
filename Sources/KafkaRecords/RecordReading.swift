/// The state of one pass over a Fetch response's records.
struct RecordReading {
    private let fetchOffset: Int64
    private let endOffset: Int64
    private var filter: TransactionFilter
    /// Where the last batch ended.
    private var leastOffset: Int64 = 0
    var summary: ReadSummary

    init(_ fetched: FetchedRecords) {
        fetchOffset = fetched.fetchOffset
        endOffset = fetched.endOffset ?? .max
        filter = TransactionFilter(fetched.isolationLevel == .readCommitted ? fetched.abortedTransactions : [])
        summary = ReadSummary(nextOffset: fetched.fetchOffset)
        if fetchOffset >= endOffset { summary.reachedEnd = true }
    }

    var isOver: Bool { summary.reachedEnd || summary.stopped }

    /// Whether the batch is to be read at all.
    mutating func begins(_ batch: StoredBatch) -> Bool {
        if let base = batch.baseOffset, base >= endOffset {
            end()
            return false
        }
        if summary.batches == 0 { summary.firstBaseOffset = batch.baseOffset }
        summary.batches += 1
        return true
    }

    /// Whether all records of the batch are data that was asked for.
    mutating func takesWhole(_ batch: RecordBatchHeader) -> Bool {
        !batch.isControl && batch.baseOffset >= fetchOffset && batch.lastOffset < endOffset && !filter.isAborted(batch)
    }

    mutating func finish(_ batch: StoredBatch) {
        guard !isOver else { return }
        leastOffset = batch.nextOffset
        summary.nextOffset = max(summary.nextOffset, batch.nextOffset)
        if summary.nextOffset >= endOffset { summary.reachedEnd = true }
    }

    mutating func read(
        _ batch: RecordBatch, using decompressor: Decompressor, _ onRecord: (RecordView) -> RecordReader.Flow
    ) throws(RecordsError) {
        let header = batch.header
        let isAborted = filter.isAborted(header)
        var cursor = try RecordCursor(batch, using: decompressor)
        while !isOver, try cursor.advance() {
            let record = cursor.record
            guard !header.isControl else {
                try readControl(record, of: batch)
                continue
            }
            guard admits(record) else { continue }
            if isAborted {
                summary.abortedRecords += 1
            } else {
                hand(record, to: onRecord)
            }
        }
    }

    mutating func read(
        _ message: LegacyMessage, using decompressor: Decompressor, _ onRecord: (RecordView) -> RecordReader.Flow
    ) throws(RecordsError) {
        var cursor = try LegacyRecordCursor(message, atLeast: leastOffset, using: decompressor)
        while !isOver, let record = try cursor.next() {
            if admits(record) { hand(record, to: onRecord) }
        }
    }

    private mutating func readControl(_ record: RecordView, of batch: RecordBatch) throws(RecordsError) {
        do throws(RecordsError) {
            // A marker below the fetch offset still ends its transaction.
            if try ControlRecord(record).kind == .abort { filter.end(of: batch.header.producerId) }
        } catch {
            throw RecordsError(error.reason, baseOffset: batch.header.baseOffset, position: batch.position)
        }
        if admits(record) { summary.controlRecords += 1 }
    }

    /// Whether the record is among those asked for; the first beyond them ends the reading.
    private mutating func admits(_ record: RecordView) -> Bool {
        if record.offset >= endOffset { end() }
        return record.offset >= fetchOffset && !isOver
    }

    private mutating func hand(_ record: RecordView, to onRecord: (RecordView) -> RecordReader.Flow) {
        summary.dataRecords += 1
        guard onRecord(record) == .stop else { return }
        summary.stopped = true
        summary.nextOffset = record.offset + 1  // no offset is the largest integer
        if summary.nextOffset >= endOffset { summary.reachedEnd = true }
    }

    private mutating func end() {
        summary.reachedEnd = true
        summary.nextOffset = max(summary.nextOffset, endOffset)
    }
}

package import KafkaClient
import KafkaRecords
private import Transport

/// How many data records lie between two offsets.
///
/// Offsets are not counts: markers, aborted records and compaction leave gaps.
package struct DataRecordCount: Hashable, Sendable {
    /// Data records, those of transactions still open included, aborted ones not.
    package var records: Int64 = 0
    package var controlRecords: Int64 = 0
    package var abortedRecords: Int64 = 0
    /// Records of transactions that had no end yet; they are in ``records``.
    package var openRecords: Int64 = 0
    /// Whether all was read; else ``records`` is a lower bound.
    package var isComplete = true
    /// Where counting stopped.
    package var nextOffset: Int64 = 0
}

extension KafkaCluster {
    /// Counts the data records from `start` to `end` (not included), to the end or until more than `limit` are certain.
    ///
    /// The log is read uncommitted, and what became of each transaction is taken from its marker: so records behind
    /// the last stable offset are counted too, and rightly.
    ///
    /// - Parameter countAborted: count them as a read_uncommitted consumer would see them.
    package func dataRecords(
        in partition: TopicPartition, from start: Int64, to end: Int64, limit: Int64, countAborted: Bool,
        _ context: CallContext
    ) async throws(KafkaError) -> DataRecordCount {
        var tally = TransactionTally(start: start, end: end, countAborted: countAborted)
        let reader = RecordReader()
        let stopped = try await walk(
            partition, from: start, to: end, isolation: .readUncommitted, context
        ) { part, offset throws(RecordsError) in
            var attempt = tally
            let next = try attempt.take(part.records, from: offset, limit: limit, reader: reader)
            tally = attempt
            return tally.certain > limit ? .enough(next) : .proceed(next)
        }
        var count = tally.result
        count.nextOffset = stopped
        count.isComplete = stopped >= end
        if !count.isComplete {
            // The marker that would say what became of a transaction may lie past where counting stopped.
            count.records = tally.certain
            count.openRecords = 0
        }
        return count
    }
}

/// Counts records by what became of their transactions.
struct TransactionTally {
    private let start: Int64
    private let end: Int64
    private let countAborted: Bool
    private var settled: Int64 = 0
    private var control: Int64 = 0
    private var aborted: Int64 = 0
    /// Records of transactions not yet ended, by producer.
    private var open: [Int64: Int64] = [:]

    init(start: Int64, end: Int64, countAborted: Bool) {
        self.start = start
        self.end = end
        self.countAborted = countAborted
    }

    /// What no marker to come can take away.
    var certain: Int64 { settled + (countAborted ? aborted : 0) }

    var result: DataRecordCount {
        let pending = open.values.reduce(0, +)
        return DataRecordCount(
            records: settled + pending + (countAborted ? aborted : 0), controlRecords: control,
            abortedRecords: aborted, openRecords: pending)
    }

    /// Takes the batches of one answer, or as many as make more than `limit` records certain; returns where to go on.
    mutating func take(
        _ bytes: ArraySlice<UInt8>, from offset: Int64, limit: Int64, reader: RecordReader
    ) throws(RecordsError) -> Int64 {
        var cursor = BatchCursor(bytes)
        var next = offset
        while let batch = try cursor.next() {
            if let base = batch.baseOffset, base >= end { return max(next, end) }
            try batch.verifyChecksum()
            switch batch {
            case .batch(let batch): try take(batch, reader: reader)
            case .legacy(let message):
                settled += try count(message.bytes, reader: reader)
            }
            next = max(next, batch.nextOffset)
            if certain > limit { return next }
        }
        return next
    }

    private mutating func take(_ batch: RecordBatch, reader: RecordReader) throws(RecordsError) {
        let header = batch.header
        if header.isControl {
            if header.baseOffset >= start { control += Int64(header.recordCount) }
            try endTransaction(batch)
            return
        }
        // The header's count is under the checksum; only a batch that straddles a bound has to be opened.
        let isInside = header.baseOffset >= start && header.lastOffset < end
        let records = isInside ? Int64(header.recordCount) : try count(batch.bytes, reader: reader)
        if header.isTransactional {
            open[header.producerId, default: 0] += records
        } else {
            settled += records
        }
    }

    private mutating func endTransaction(_ batch: RecordBatch) throws(RecordsError) {
        guard let pending = open.removeValue(forKey: batch.header.producerId) else { return }
        var cursor = try RecordCursor(batch, using: Decompressor())
        guard try cursor.advance() else {
            open[batch.header.producerId] = pending
            return
        }
        switch try ControlRecord(cursor.record).kind {
        case .abort: aborted += pending
        case .commit: settled += pending
        default: open[batch.header.producerId] = pending
        }
    }

    private func count(_ bytes: ArraySlice<UInt8>, reader: RecordReader) throws(RecordsError) -> Int64 {
        let fetched = FetchedRecords(bytes, from: start, to: end, isolationLevel: .readUncommitted)
        return Int64(try reader.scan(fetched) { _ in .proceed }.dataRecords)
    }
}

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
    /// Up to the last stable offset the broker tells which transactions are aborted. Behind it the log is read
    /// uncommitted, past `end` where need be, and what became of each transaction is taken from its marker: so records
    /// there are counted too, and rightly.
    ///
    /// With `countAborted` aborted records count as well, as a read_uncommitted consumer would see them.
    package func dataRecords(
        in partition: TopicPartition, from start: Int64, to end: Int64, limit: Int64, countAborted: Bool,
        _ context: CallContext
    ) async throws(KafkaError) -> DataRecordCount {
        var tally = TransactionTally(start: start, end: end, limit: limit, countAborted: countAborted)
        let reader = RecordReader()
        var isFull = false
        var next = try await walk(
            partition, from: start, to: end, isolation: .readCommitted, context
        ) { part, offset throws(RecordsError) in
            var attempt = tally
            let next = try attempt.takeStable(part, from: offset, reader: reader)
            tally = attempt
            isFull = tally.certain > limit
            return isFull || next >= part.lastStableOffset ? .enough(next) : .proceed(next)
        }
        if next < end, !isFull {
            // A marker that comes later than this finds its transaction open at the time of the question.
            var horizon: Int64?
            next = try await walk(
                partition, from: next, to: .max, isolation: .readUncommitted, context
            ) { part, offset throws(RecordsError) in
                var attempt = tally
                let next = try attempt.takeUnstable(part, from: offset, reader: reader)
                tally = attempt
                horizon = horizon ?? part.highWatermark
                let isOver = next >= end && (!tally.hasOpenTransactions || next >= horizon ?? 0)
                return isOver || tally.certain > limit || next >= part.highWatermark ? .enough(next) : .proceed(next)
            }
        }
        var count = tally.result
        count.nextOffset = min(next, end)
        count.isComplete = next >= end
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
    private let limit: Int64
    private let countAborted: Bool
    private var settled: Int64 = 0
    private var control: Int64 = 0
    private var aborted: Int64 = 0
    /// Records of transactions not yet ended, by producer.
    private var open: [Int64: Int64] = [:]
    /// The sum of ``open``, which is asked for after each batch.
    private var pending: Int64 = 0

    /// With more than `limit` records certain no further batch is taken.
    init(start: Int64, end: Int64, limit: Int64 = .max, countAborted: Bool) {
        self.start = start
        self.end = end
        self.limit = limit
        self.countAborted = countAborted
    }

    /// What no marker to come can take away.
    var certain: Int64 { settled + (countAborted ? aborted + pending : 0) }

    var hasOpenTransactions: Bool { !open.isEmpty }

    var result: DataRecordCount {
        DataRecordCount(
            records: settled + pending + (countAborted ? aborted : 0), controlRecords: control,
            abortedRecords: aborted, openRecords: pending)
    }

    /// Takes batches below the last stable offset; returns where to fetch next.
    mutating func takeStable(
        _ part: FetchedPart, from offset: Int64, reader: RecordReader
    ) throws(RecordsError) -> Int64 {
        var filter = TransactionFilter(part.abortedTransactions)
        return try walk(part, from: offset, reader: reader) { tally, batch, records throws(RecordsError) in
            // Asked of markers too: one may end a transaction all of whose records lie before the range.
            let isAborted = filter.isAborted(batch.header)
            if batch.header.isControl {
                if try Self.marker(batch) == .abort { filter.end(of: batch.header.producerId) }
            } else if isAborted {
                tally.aborted += records
            } else {
                tally.settled += records
            }
        }
    }

    /// Takes batches of which nobody has told what became of them; returns where to fetch next.
    mutating func takeUnstable(
        _ part: FetchedPart, from offset: Int64, reader: RecordReader
    ) throws(RecordsError) -> Int64 {
        try walk(part, from: offset, reader: reader) { tally, batch, records throws(RecordsError) in
            let producer = batch.header.producerId
            if batch.header.isControl {
                let kind = try Self.marker(batch)
                guard kind == .abort || kind == .commit, let ended = tally.open.removeValue(forKey: producer) else {
                    return
                }
                tally.pending -= ended
                if kind == .abort { tally.aborted += ended } else { tally.settled += ended }
            } else if batch.header.isTransactional {
                // One with no record in the range is of no interest, and need not be waited for.
                if records > 0 {
                    tally.open[producer, default: 0] += records
                    tally.pending += records
                }
            } else {
                tally.settled += records
            }
        }
    }

    private mutating func walk(
        _ part: FetchedPart, from offset: Int64, reader: RecordReader,
        _ sort: (inout TransactionTally, RecordBatch, _ records: Int64) throws(RecordsError) -> Void
    ) throws(RecordsError) -> Int64 {
        var cursor = BatchCursor(part.records)
        var next = offset
        while let stored = try cursor.next() {
            let isBehind = (stored.baseOffset ?? -1) >= end
            if isBehind, open.isEmpty { return max(next, end) }
            try stored.verifyChecksum()
            switch stored {
            case .batch(let batch):
                let isInside = batch.header.baseOffset >= start && !isBehind
                if batch.header.isControl, isInside { control += Int64(batch.header.recordCount) }
                try sort(&self, batch, batch.header.isControl || isBehind ? 0 : try count(batch, reader))
            case .legacy(let message):
                if !isBehind { settled += try count(message.bytes, reader) }
            }
            next = max(next, stored.nextOffset)
            if certain > limit { return next }
        }
        return next
    }

    private func count(_ batch: RecordBatch, _ reader: RecordReader) throws(RecordsError) -> Int64 {
        // The header's count is under the checksum; only a batch that straddles a bound has to be opened.
        let isInside = batch.header.baseOffset >= start && batch.header.lastOffset < end
        return isInside ? Int64(batch.header.recordCount) : try count(batch.bytes, reader)
    }

    private func count(_ bytes: ArraySlice<UInt8>, _ reader: RecordReader) throws(RecordsError) -> Int64 {
        let fetched = FetchedRecords(bytes, from: start, to: end, isolationLevel: .readUncommitted)
        return Int64(try reader.scan(fetched) { _ in .proceed }.dataRecords)
    }

    private static func marker(_ batch: RecordBatch) throws(RecordsError) -> ControlRecord.Kind? {
        var cursor = try RecordCursor(batch, using: Decompressor())
        // Compaction may keep the header of a batch alone.
        return try cursor.advance() ? try ControlRecord(cursor.record).kind : nil
    }
}

package import KafkaClient
package import KafkaRecords

/// Which part of a partition is scanned, and how.
package struct ScanSpan: Sendable {
    /// What a window is made of.
    package enum Unit: Hashable, Sendable {
        case records(DigestPolicy)
        /// Batches as they are stored: base offset, last offset, count and CRC, whatever is in them.
        case batches
    }

    package var partition: TopicPartition
    package var start: Int64
    /// Not included.
    package var end: Int64
    package var unit: Unit
    package var isolation: IsolationLevel
    /// Whether what comes before it in the log is scanned elsewhere, and with it the window that reaches into it.
    package var follows = false
    /// Up to where the log may be read on to the end of the window that the span's end lies in; nil: the span is the last.
    package var closesBy: Int64?
    /// Offsets of a chunk under whose SHA-256 batches are put; nil: they are not.
    package var chunk: Int64?

    package init(
        _ partition: TopicPartition, from start: Int64, to end: Int64, unit: Unit,
        isolation: IsolationLevel = .readCommitted
    ) {
        self.partition = partition
        self.start = start
        self.end = end
        self.unit = unit
        self.isolation = isolation
    }

    var rule: WindowRule {
        switch unit {
        case .records: .records
        case .batches: .batches
        }
    }

    /// The span in pieces of about equal numbers of offsets.
    func pieces(_ count: Int) -> [ScanSpan] {
        let size = max(1, (end - start) / Int64(max(1, count)))
        guard count > 1, size > 1 else { return [self] }
        return (0..<count).map { index in
            var piece = self
            piece.start = bound(index, of: count, size)
            piece.end = index == count - 1 ? end : bound(index + 1, of: count, size)
            return piece
        }
    }

    /// Where a piece begins: with a chunk, so that none is read in two pieces.
    private func bound(_ index: Int, of count: Int, _ size: Int64) -> Int64 {
        let bound = start + Int64(index) * size
        guard let chunk, index > 0 else { return bound }
        return max(start, bound - bound % chunk)
    }
}

/// What a scan of a span came upon.
package struct ScanSummary: Hashable, Sendable {
    package var batches: Int64 = 0
    /// Data records.
    package var records: Int64 = 0
    package var controlRecords: Int64 = 0
    package var abortedRecords: Int64 = 0
    /// Of the stored batches.
    package var wireBytes: Int64 = 0
    /// Whether timestamps were set by the leader, for some batch at least.
    package var hasLogAppendTime = false
    package var hasLegacyFormat = false

    package init() {}

    mutating func add(_ other: ScanSummary) {
        batches += other.batches
        records += other.records
        controlRecords += other.controlRecords
        abortedRecords += other.abortedRecords
        wireBytes += other.wireBytes
        hasLogAppendTime = hasLogAppendTime || other.hasLogAppendTime
        hasLegacyFormat = hasLegacyFormat || other.hasLegacyFormat
    }
}

/// A scanned partition: whole, or as far as it could be read.
package struct PartitionScan: Sendable {
    package let partition: TopicPartition
    /// Where it begins: later than asked for where records were removed from the log's start meanwhile.
    package var start: Int64
    /// Where reading stopped.
    package var end: Int64
    package var windows: [Window]
    package var summary: ScanSummary
    /// Of a scan of batches: whether the first of them began before the span.
    package var startsTorn = false
    /// Of a scan of batches, where they were asked for; nil too where they could not be hashed.
    package var chunks: [BatchChunk]?
    /// Why it stopped before the end; nil where it is whole.
    package var error: KafkaError?

    package var isWhole: Bool { error == nil }
}

import KafkaRecords

/// The log of a partition: batches by offset, and what the broker knows of the producers and transactions in them.
package struct PartitionLog: Sendable {
    /// A transaction that was aborted, as Fetch tells readers of it.
    struct AbortedRange: Equatable, Sendable {
        let producerID: Int64
        let firstOffset: Int64
        /// Of the marker.
        let lastOffset: Int64
    }

    /// What a producer last did here.
    struct Producer: Equatable, Sendable {
        var epoch: Int16
        var lastSequence: Int32
        var lastTimestamp: Int64
        var coordinatorEpoch: Int32 = -1
        /// Where its open transaction begins; nil where it has none.
        var transactionStart: Int64?
        /// Batches that a repetition is recognised by; the last five, as Kafka keeps them.
        var recent: [RecentBatch] = []
    }

    struct RecentBatch: Equatable, Sendable {
        let firstSequence: Int32
        let lastSequence: Int32
        let baseOffset: Int64
        let timestamp: Int64
    }

    /// From which offset on a leader epoch wrote.
    struct EpochStart: Equatable, Sendable {
        let epoch: Int32
        let offset: Int64
    }

    private(set) var batches: [LogBatch] = []
    private(set) var startOffset: Int64 = 0
    private(set) var endOffset: Int64 = 0
    private(set) var aborted: [AbortedRange] = []
    private(set) var epochs = [EpochStart(epoch: 0, offset: 0)]
    var producers: [Int64: Producer] = [:]
    /// Where the segment begins that is written to; a fetch reads from one segment only.
    private(set) var activeSegment: Int64 = 0
    /// Where replication stands; nil: all that was written is replicated.
    private var replicatedTo: Int64?

    package var highWatermark: Int64 { min(replicatedTo ?? endOffset, endOffset) }

    /// Up to where every transaction has ended.
    package var lastStableOffset: Int64 {
        producers.values.compactMap(\.transactionStart).reduce(highWatermark, min)
    }

    /// Where the newest batch begins.
    package var lastBatchStart: Int64 { batches.last?.baseOffset ?? endOffset }

    package var sizeInBytes: Int { batches.reduce(0) { $0 + $1.bytes.count } }

    package var bounds: (start: Int64, end: Int64) { (startOffset, endOffset) }

    // MARK: Writing

    /// Adds a batch whose offsets, epoch and timestamps stand.
    mutating func append(_ batch: LogBatch, epoch: Int32) {
        begin(epoch: epoch, at: batch.baseOffset)
        batches.append(batch)
        endOffset = batch.nextOffset
    }

    /// Notes that a leader of this epoch writes from the end on.
    mutating func begin(epoch: Int32) { begin(epoch: epoch, at: endOffset) }

    private mutating func begin(epoch: Int32, at offset: Int64) {
        guard epochs.last.map({ $0.epoch < epoch }) ?? true else { return }
        // An epoch in which nothing was written leaves no trace.
        epochs.removeAll { $0.offset >= offset }
        epochs.append(EpochStart(epoch: epoch, offset: offset))
    }

    /// Notes what a batch means for its producer; `base` is the offset it begins at.
    mutating func note(_ header: RecordBatchHeader, base: Int64) {
        guard header.producerId >= 0, !header.isControl else { return }
        var producer =
            producers[header.producerId]
            ?? Producer(epoch: header.producerEpoch, lastSequence: -1, lastTimestamp: -1)
        if producer.epoch != header.producerEpoch { producer.recent = [] }
        producer.epoch = header.producerEpoch
        let last = header.baseSequence &+ header.lastOffsetDelta
        producer.lastSequence = last < 0 ? last &- .min : last
        producer.lastTimestamp = header.maxTimestamp
        producer.recent.append(
            RecentBatch(
                firstSequence: header.baseSequence, lastSequence: producer.lastSequence, baseOffset: base,
                timestamp: header.maxTimestamp))
        if producer.recent.count > 5 { producer.recent.removeFirst() }
        if header.isTransactional, producer.transactionStart == nil { producer.transactionStart = base }
        producers[header.producerId] = producer
    }

    /// Ends a producer's transaction with the marker that was just appended.
    mutating func endTransaction(
        of producerID: Int64, epoch: Int16, committed: Bool, marker: Int64, coordinatorEpoch: Int32
    ) {
        guard var producer = producers[producerID] else { return }
        if let start = producer.transactionStart, !committed {
            aborted.append(AbortedRange(producerID: producerID, firstOffset: start, lastOffset: marker))
        }
        producer.transactionStart = nil
        producer.coordinatorEpoch = coordinatorEpoch
        if epoch > producer.epoch {
            // The next transaction counts from the start again.
            producer.epoch = epoch
            producer.lastSequence = -1
            producer.recent = []
        }
        producers[producerID] = producer
    }

    // MARK: Losing

    /// Moves the start, as DeleteRecords does.
    ///
    /// What lies below is not read any more, but stays on the disk with the segment that is being written to.
    mutating func deleteRecords(before offset: Int64) {
        startOffset = max(startOffset, min(offset, endOffset))
    }

    /// Removes the batches below the start, as retention does with whole segments.
    private mutating func removeDeleted() {
        let kept = batches.firstIndex { $0.lastOffset >= startOffset } ?? batches.count
        batches.removeFirst(kept)
        aborted.removeAll { $0.lastOffset < startOffset }
    }

    /// Removes batches from the front for as long as `isExpired` says so of them.
    mutating func expire(_ isExpired: (LogBatch) -> Bool) {
        // Asked once a batch, since the answer may depend on how much has gone.
        let end = batches.first { !isExpired($0) }?.baseOffset ?? endOffset
        guard let first = batches.first, end > first.baseOffset else { return }
        deleteRecords(before: end)
        removeDeleted()
    }

    /// Loses records at the end, as an unclean leader does.
    mutating func truncate(to offset: Int64) {
        batches.removeAll { $0.lastOffset >= offset }
        endOffset = max(startOffset, batches.last?.nextOffset ?? min(offset, endOffset))
        epochs.removeAll { $0.offset > endOffset }
        aborted.removeAll { $0.lastOffset >= endOffset }
        for (id, producer) in producers where (producer.transactionStart ?? -1) >= endOffset {
            producers[id]?.transactionStart = nil
        }
    }

    /// Puts a batch that covers the same offsets in the place of one.
    mutating func replaceBatch(_ index: Int, with batch: LogBatch) { batches[index] = batch }

    /// Puts other batches in the place of those that end below `offset`, as compaction does.
    mutating func replace(below offset: Int64, with cleaned: [LogBatch]) {
        let rest = batches.firstIndex { $0.lastOffset >= offset } ?? batches.count
        batches.replaceSubrange(..<rest, with: cleaned)
        activeSegment = max(activeSegment, min(offset, endOffset))
    }

    /// Holds the high watermark back; nil lets it follow the end again.
    mutating func replicate(to offset: Int64?) { replicatedTo = offset }

    /// Takes over where another log stands: its start and end without its records.
    mutating func begin(at offset: Int64) {
        guard batches.isEmpty else { return }
        startOffset = offset
        endOffset = offset
    }
}

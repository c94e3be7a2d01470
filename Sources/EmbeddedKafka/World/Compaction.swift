import KafkaRecords
import Value

extension ClusterState {
    /// Compacts a log up to an offset, as the cleaner does with all segments but the one that is written to.
    ///
    /// Nil: everything that is stable. Tombstones stay until ``Topic``'s `delete.retention.ms` has passed.
    package mutating func compact(_ topic: String, _ partition: Int32 = 0, below end: Int64? = nil) throws {
        guard let settings = topics[Name(topic)] else { return }
        let horizon = nowMs.saturatingSum(settings.number("delete.retention.ms", profile) ?? 86_400_000)
        let now = nowMs
        let result = change(Name(topic), partition) { partition -> Result<Void, RecordsError> in
            do throws(RecordsError) {
                try partition.log.compact(below: end, horizonMs: horizon, nowMs: now)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result?.get()
    }
}

extension PartitionLog {
    mutating func compact(below offset: Int64?, horizonMs: Int64, nowMs: Int64) throws(RecordsError) {
        let end = min(offset ?? lastStableOffset, lastStableOffset)
        let dirty = batches.prefix { $0.nextOffset <= end }
        var newest: [[UInt8]: Int64] = [:]
        for batch in dirty {
            try Self.read(batch) { record in
                if let key = record.key { newest[Array(key)] = record.offset }
            }
        }
        var cleaned: [LogBatch] = []
        for batch in dirty {
            if let kept = try kept(of: batch, newest, horizonMs: horizonMs, nowMs: nowMs) { cleaned.append(kept) }
        }
        replace(below: end, with: cleaned)
    }

    private static func read(_ batch: LogBatch, _ body: (RecordView) -> Void) throws(RecordsError) {
        var batches = BatchCursor(batch.bytes[...])
        guard case .batch(let stored)? = try batches.next(), !stored.header.isControl else { return }
        var cursor = try RecordCursor(stored, using: Decompressor())
        while try cursor.advance() { body(cursor.record) }
    }

    /// What is left of a batch: itself where all is, nil where nothing is.
    private func kept(
        of batch: LogBatch, _ newest: [[UInt8]: Int64], horizonMs: Int64, nowMs: Int64
    ) throws(RecordsError) -> LogBatch? {
        let header = try RecordBatchHeader(batch.bytes[...])
        guard !header.isControl else { return batch }
        let isAborted =
            header.isTransactional
            && aborted.contains { range in
                range.producerID == header.producerId
                    && (range.firstOffset...range.lastOffset).contains(batch.baseOffset)
            }
        let isPastHorizon = header.deleteHorizonMs.map { $0 <= nowMs } ?? false
        var kept: [KafkaRecord] = []
        try Self.read(batch) { record in
            guard !isAborted, let key = record.key, newest[Array(key)] == record.offset else { return }
            if record.value == nil, isPastHorizon { return }
            kept.append(KafkaRecord(record))
        }
        let hasTombstone = kept.contains { $0.value == nil }
        let needsHorizon = hasTombstone && header.deleteHorizonMs == nil
        if kept.count == Int(header.recordCount), !needsHorizon { return batch }
        // The last batch of a producer stays, for what it says of the producer.
        let isLast = producers[header.producerId]?.recent.last?.baseOffset == batch.baseOffset
        guard !kept.isEmpty || (header.producerId >= 0 && isLast) else { return nil }
        return try LogBatch(
            try Self.rebuilt(header, kept, horizonMs: needsHorizon ? horizonMs : header.deleteHorizonMs))
    }

    /// A batch with other records in the place of its own; what it says of its producer stays.
    static func rebuilt(
        _ header: RecordBatchHeader, _ records: [KafkaRecord], horizonMs: Int64?
    ) throws(RecordsError) -> [UInt8] {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = header.baseOffset
        traits.partitionLeaderEpoch = header.partitionLeaderEpoch
        traits.timestampType = header.timestampType
        traits.logAppendTime = header.maxTimestamp
        traits.producerId = header.producerId
        traits.producerEpoch = header.producerEpoch
        traits.baseSequence = header.baseSequence
        traits.isTransactional = header.isTransactional
        traits.deleteHorizonMs = horizonMs
        var builder = RecordBatchBuilder(traits, compressor: Compressor(header.codec))
        for record in records {
            try builder.append(
                offset: record.offset, timestamp: record.timestamp, key: record.key, value: record.value,
                headers: record.headers)
        }
        return try builder.build(lastOffset: header.lastOffset)
    }
}

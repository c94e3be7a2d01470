import KafkaRecords

extension PartitionLog {
    /// The index of the first batch that ends at or behind `offset`.
    func index(of offset: Int64) -> Int {
        var (low, high) = (0, batches.count)
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].lastOffset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The bytes from the batch that holds `offset` up to `end`, at most `limit` of them.
    ///
    /// As Kafka cuts: anywhere, also in the middle of a batch, except that the first is whole where `wholeFirst` says
    /// so, and that half of it is nothing (KIP-74).
    func read(from offset: Int64, to end: Int64, limit: Int, wholeFirst: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for batch in batches[index(of: offset)...] {
            guard batch.baseOffset < end, bytes.count < limit || (bytes.isEmpty && wholeFirst) else { break }
            if !bytes.isEmpty, batch.baseOffset == activeSegment { break }
            if bytes.isEmpty, batch.bytes.count > limit { return wholeFirst ? batch.bytes : [] }
            bytes += batch.bytes.prefix(limit - bytes.count)
        }
        return bytes
    }

    /// How many bytes a reader at `offset` would get below `end`.
    func available(from offset: Int64, to end: Int64, limit: Int) -> Int {
        var sum = 0
        for batch in batches[index(of: offset)...] where batch.baseOffset < end {
            sum += batch.bytes.count
            if sum >= limit { return limit }
        }
        return sum
    }

    /// The epoch that was writing at `offset`.
    func epoch(at offset: Int64) -> Int32? { epochs.last { $0.offset <= offset }?.epoch }

    /// Whether the leader of an epoch does not know yet where its predecessor's committed records end.
    ///
    /// It does once the high watermark has come to where its own epoch begins (KIP-207).
    func isBehind(epoch: Int32) -> Bool {
        epochs.last.map { $0.epoch == epoch && $0.offset > highWatermark } ?? false
    }

    var latestEpoch: Int32? { epochs.last?.epoch }

    /// The largest epoch not above `epoch`, and where the one behind it begins; nil where the log has none.
    func end(ofEpoch epoch: Int32, current: Int32) -> (epoch: Int32, offset: Int64)? {
        guard epoch != -1 else { return nil }
        if epoch == current || epoch == latestEpoch, let latest = latestEpoch, latest <= epoch {
            return (epoch, endOffset)
        }
        guard let latest = latestEpoch, epoch <= latest else { return nil }
        let next = epochs.first { $0.epoch > epoch }
        guard let found = epochs.last(where: { $0.epoch <= epoch }) else {
            return next.map { (epoch, $0.offset) }
        }
        return (found.epoch, next?.offset ?? endOffset)
    }

    /// The first record whose timestamp is at least `timestamp`.
    func first(notBefore timestamp: Int64) -> (offset: Int64, timestamp: Int64)? {
        for batch in batches where batch.maxTimestamp >= timestamp {
            if let found = record(in: batch, { $0.timestamp >= timestamp && $0.offset >= startOffset }) {
                return found
            }
        }
        return nil
    }

    /// The first record that carries the largest timestamp.
    var maxTimestamp: (offset: Int64, timestamp: Int64)? {
        guard let top = batches.map(\.maxTimestamp).max(), top >= 0,
            let batch = batches.first(where: { $0.maxTimestamp == top })
        else { return nil }
        return record(in: batch) { $0.timestamp == top }
    }

    private func record(
        in batch: LogBatch, _ matches: (RecordView) -> Bool
    ) -> (offset: Int64, timestamp: Int64)? {
        do {
            guard case .batch(let stored)? = try firstBatch(of: batch.bytes) else { return nil }
            var cursor = try RecordCursor(stored, using: Decompressor())
            while try cursor.advance() {
                let record = cursor.record
                if matches(record) { return (record.offset, record.timestamp) }
            }
        } catch {
            // A log may be made to hold damaged records; there is then no record to name.
        }
        return nil
    }

    private func firstBatch(of bytes: [UInt8]) throws(RecordsError) -> StoredBatch? {
        var cursor = BatchCursor(bytes[...])
        return try cursor.next()
    }
}

extension PartitionLog {
    /// The aborted transactions that may have a part in the batches just read.
    ///
    /// Kafka finds where the bytes end in its offset index, which has an entry every 4096 bytes or so: it tells of more
    /// transactions than have a part rather than of fewer.
    func aborted(from offset: Int64, bytes: [UInt8]) -> [AbortedRange] {
        guard !bytes.isEmpty, !aborted.isEmpty else { return [] }
        let first = index(of: offset)
        var (position, sinceEntry) = (0, 0)
        var target = Int.max
        var end = endOffset
        for (index, batch) in batches.enumerated() {
            if index == first { target = position + bytes.count }
            if sinceEntry > Self.indexInterval {
                sinceEntry = 0
                if position >= target {
                    end = batch.lastOffset
                    break
                }
            }
            position += batch.bytes.count
            sinceEntry += batch.bytes.count
        }
        return aborted.filter { $0.lastOffset >= offset && $0.firstOffset < end }
    }

    /// Kafka's `index.interval.bytes`.
    private static let indexInterval = 4096
}

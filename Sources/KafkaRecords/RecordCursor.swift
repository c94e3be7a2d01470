/// Goes over the records of one batch, format 2, checking each as it comes.
///
/// All lies are found by the end: records that are more or fewer than declared, or longer or shorter than they say,
/// and offsets that do not rise or leave the batch. Control records come too; ``ControlRecord`` reads them.
package struct RecordCursor {
    private let header: RecordBatchHeader
    private let traits: BatchTraits
    private let payload: ArraySlice<UInt8>
    private var position = 0
    private var index = 0
    private var leastOffsetDelta: Int64 = 0

    /// Decompresses `batch`, whose checksum is the caller's to verify first.
    package init(_ batch: RecordBatch, using decompressor: Decompressor) throws(RecordsError) {
        header = batch.header
        traits = BatchTraits(batch.header)
        // Compaction may keep the header of a batch alone, whatever codec it names.
        if header.recordCount == 0, batch.payload.isEmpty {
            payload = []
            return
        }
        do throws(RecordsError) {
            payload = try decompressor.decompress(batch.payload, codec: header.codec)
        } catch {
            throw error.at(baseOffset: header.baseOffset, position: batch.position)
        }
    }

    /// The next record, or nil at the end; after an error, the same error again.
    package mutating func next() throws(RecordsError) -> RecordView? {
        do throws(RecordsError) {
            if index == Int(header.recordCount) {
                guard position == payload.count else {
                    throw RecordsError(.trailingBytes(payload.count - position), position: position)
                }
                return nil
            }
            guard position < payload.count else {
                throw RecordsError(.recordCount(declared: Int(header.recordCount), found: index), position: position)
            }
            return try record()
        } catch {
            var error = error
            error.baseOffset = header.baseOffset
            error.record = index
            throw error
        }
    }

    @inline(__always)
    private mutating func record() throws(RecordsError) -> RecordView {
        let payload = payload  // of its own, so that the span does not hold the cursor
        let bytes = payload.span
        var reader = VarintReader(from: position, to: bytes.count)
        try reader.narrow(to: Int(try reader.int32(bytes)))
        _ = try reader.byte(bytes)  // attributes, of which none are in use
        let timestampDelta = try reader.int64(bytes)
        let offsetDelta = Int64(try reader.int32(bytes))
        let key = try reader.nullableBytes(bytes)
        let value = try reader.nullableBytes(bytes)
        let headerCount = Int(try reader.int32(bytes))
        let headersStart = reader.position
        if headerCount != 0 { try RecordHeaders.check(bytes, count: headerCount, with: &reader) }
        guard reader.position == reader.end else {
            throw RecordsError(.trailingBytes(reader.end - reader.position), position: reader.position)
        }

        guard offsetDelta >= leastOffsetDelta, offsetDelta <= Int64(header.lastOffsetDelta) else {
            let last = max(leastOffsetDelta, Int64(header.lastOffsetDelta))
            throw RecordsError(.offsetDelta(offsetDelta, allowed: leastOffsetDelta...last), position: position)
        }
        // With LogAppendTime the leader's time counts for all, and what the producer set is void.
        var timestamp = header.maxTimestamp
        if traits.timestampType == .createTime {
            let (sum, overflows) = header.baseTimestamp.addingReportingOverflow(timestampDelta)
            guard !overflows else { throw RecordsError(.overflow, position: position) }
            timestamp = sum
        }
        let start = payload.startIndex
        leastOffsetDelta = offsetDelta + 1
        position = reader.position
        index += 1
        return RecordView(
            // Not more than the header's last offset, which does not overflow.
            offset: header.baseOffset + offsetDelta,
            timestamp: timestamp, batch: traits, bytes: payload,
            key: key.map { start + $0.lowerBound..<start + $0.upperBound },
            value: value.map { start + $0.lowerBound..<start + $0.upperBound },
            headers: start + headersStart..<start + position, headerCount: headerCount)
    }
}

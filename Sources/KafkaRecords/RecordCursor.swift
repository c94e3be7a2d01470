/// Goes over the records of one batch, format 2, checking each as it comes.
///
/// All lies are found by the end: records that are more or fewer than declared, or longer or shorter than they say,
/// and offsets that do not rise or leave the batch. Control records come too; ``ControlRecord`` reads them.
package struct RecordCursor {
    let header: RecordBatchHeader
    var position = 0
    var index = 0
    var leastOffsetDelta: Int64 = 0

    /// The record that ``advance()`` has come to; before it, nothing in particular.
    package internal(set) var record: RecordView

    /// Decompresses `batch`, whose checksum is the caller's to verify first.
    package init(_ batch: RecordBatch, using decompressor: Decompressor) throws(RecordsError) {
        header = batch.header
        let payload: ArraySlice<UInt8>
        do throws(RecordsError) {
            // Compaction may keep the header of a batch alone, whatever codec it names.
            let isEmpty = batch.header.recordCount == 0 && batch.payload.isEmpty
            payload = isEmpty ? [] : try decompressor.decompress(batch.payload, codec: batch.header.codec)
        } catch {
            throw error.at(baseOffset: batch.header.baseOffset, position: batch.position)
        }
        record = RecordView(batch: BatchTraits(batch.header), bytes: payload)
    }

    /// The next record, or nil at the end; after an error, the same error again.
    package mutating func next() throws(RecordsError) -> RecordView? {
        try advance() ? record : nil
    }

    /// Goes on to the next record; false at the end; after an error, the same error again.
    package mutating func advance() throws(RecordsError) -> Bool {
        do throws(RecordsError) {
            if index == Int(header.recordCount) {
                let left = record.bytes.count - position
                guard left == 0 else { throw RecordsError(.trailingBytes(left), position: position) }
                return false
            }
            guard position < record.bytes.count else {
                throw RecordsError(.recordCount(declared: Int(header.recordCount), found: index), position: position)
            }
            (record.place, position) = try place(in: record.bytes.span, from: record.bytes.startIndex)
            // Not more than the last offset delta, so it cannot overflow.
            leastOffsetDelta = record.place.offset - header.baseOffset + 1
            index += 1
            return true
        } catch {
            var error = error
            error.baseOffset = header.baseOffset
            error.record = index
            throw error
        }
    }

    /// Reads the record at the position, whose parts it places from `start` on.
    @inline(__always)
    func place(
        in bytes: Span<UInt8>, from start: Int
    ) throws(RecordsError) -> (place: RecordView.Place, end: Int) {
        var reader = VarintReader(from: position, to: bytes.count)
        try reader.narrow(to: Int(try reader.int32(bytes)))
        _ = try reader.byte(bytes)  // attributes, of which none are in use
        let timestampDelta = try reader.int64(bytes)
        let offsetDelta = Int64(try reader.int32(bytes))
        guard offsetDelta >= leastOffsetDelta, offsetDelta <= Int64(header.lastOffsetDelta) else {
            let last = max(leastOffsetDelta, Int64(header.lastOffsetDelta))
            throw RecordsError(.offsetDelta(offsetDelta, allowed: leastOffsetDelta...last), position: position)
        }

        var place = RecordView.Place()
        // Not more than the header's last offset, which does not overflow.
        place.offset = header.baseOffset + offsetDelta
        place.timestamp = try timestamp(delta: timestampDelta)
        if let key = try reader.nullableBytes(bytes) {
            place.key = start + key.lowerBound
            place.keyEnd = start + key.upperBound
        }
        if let value = try reader.nullableBytes(bytes) {
            place.value = start + value.lowerBound
            place.valueEnd = start + value.upperBound
        }
        place.headerCount = Int(try reader.int32(bytes))
        place.headers = start + reader.position
        if place.headerCount != 0 {
            try RecordHeaders.check(bytes, count: place.headerCount, with: &reader)
        }
        place.headersEnd = start + reader.position
        guard reader.position == reader.end else {
            throw RecordsError(.trailingBytes(reader.end - reader.position), position: reader.position)
        }
        return (place, reader.position)
    }

    /// With LogAppendTime the leader's time counts for all, and what the producer set is void.
    @inline(__always)
    private func timestamp(delta: Int64) throws(RecordsError) -> Int64 {
        guard header.timestampType == .createTime else { return header.maxTimestamp }
        let (sum, overflows) = header.baseTimestamp.addingReportingOverflow(delta)
        guard !overflows else { throw RecordsError(.overflow, position: position) }
        return sum
    }
}

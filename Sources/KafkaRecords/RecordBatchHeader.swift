/// The 61 bytes before the records of a batch, format 2.
///
/// A header that exists is sound: its offsets are not negative, do not overflow, and leave room for a next one.
package struct RecordBatchHeader: Equatable, Sendable {
    package static let size = 61
    /// The bytes that ``batchLength`` does not count.
    package static let lengthOverhead = 12
    /// Where the bytes begin that ``crc`` covers.
    package static let checksummedFrom = 21

    package let baseOffset: Int64
    package let batchLength: Int32
    /// Set by the leader; -1 where it is unknown.
    package let partitionLeaderEpoch: Int32
    package let magic: Int8
    package let crc: UInt32
    package let attributes: Int16
    package let codec: CompressionCodec
    /// Compaction keeps it, so the batch may span more offsets than it has records, past the last of them too.
    package let lastOffsetDelta: Int32
    /// With a delete horizon, that horizon instead; records' timestamps are relative to it in any case.
    package let baseTimestamp: Int64
    package let maxTimestamp: Int64
    /// -1 where the producer is not idempotent.
    package let producerId: Int64
    package let producerEpoch: Int16
    package let baseSequence: Int32
    /// 0 where compaction has kept the header alone.
    package let recordCount: Int32

    package let lastOffset: Int64
    /// Where to fetch next.
    package let nextOffset: Int64

    package var timestampType: TimestampType { TimestampType(attributes: attributes) }
    package var isTransactional: Bool { attributes & 1 << 4 != 0 }
    package var isControl: Bool { attributes & 1 << 5 != 0 }
    package var hasDeleteHorizon: Bool { attributes & 1 << 6 != 0 }

    /// From when on compaction may drop the batch's tombstones and markers.
    package var deleteHorizonMs: Int64? { hasDeleteHorizon ? baseTimestamp : nil }

    /// The whole batch, this header included.
    package var sizeInBytes: Int { Self.lengthOverhead + Int(batchLength) }

    /// Reads the header at the start of `bytes`, of which there may be more.
    package init(_ bytes: ArraySlice<UInt8>) throws(RecordsError) {
        guard bytes.count >= Self.size else {
            throw RecordsError(.truncated(needed: Self.size, available: bytes.count))
        }
        baseOffset = BigEndian.load(from: bytes, at: 0)
        batchLength = BigEndian.load(from: bytes, at: 8)
        partitionLeaderEpoch = BigEndian.load(from: bytes, at: 12)
        magic = BigEndian.load(from: bytes, at: 16)
        crc = BigEndian.load(from: bytes, at: 17)
        attributes = BigEndian.load(from: bytes, at: 21)
        lastOffsetDelta = BigEndian.load(from: bytes, at: 23)
        baseTimestamp = BigEndian.load(from: bytes, at: 27)
        maxTimestamp = BigEndian.load(from: bytes, at: 35)
        producerId = BigEndian.load(from: bytes, at: 43)
        producerEpoch = BigEndian.load(from: bytes, at: 51)
        baseSequence = BigEndian.load(from: bytes, at: 53)
        recordCount = BigEndian.load(from: bytes, at: 57)

        guard magic == 2 else { throw RecordsError(.unsupportedFormat(magic), baseOffset: baseOffset) }
        guard Int(batchLength) >= Self.size - Self.lengthOverhead else {
            throw RecordsError(.impossibleLength(Int(batchLength)), baseOffset: baseOffset)
        }
        guard baseOffset >= 0 else { throw RecordsError(.overflow, baseOffset: baseOffset) }
        guard lastOffsetDelta >= 0 else {
            throw RecordsError(
                .offsetDelta(Int64(lastOffsetDelta), allowed: 0...Int64(Int32.max)), baseOffset: baseOffset)
        }
        let (last, lastOverflows) = baseOffset.addingReportingOverflow(Int64(lastOffsetDelta))
        let (next, nextOverflows) = last.addingReportingOverflow(1)
        guard !lastOverflows, !nextOverflows else { throw RecordsError(.overflow, baseOffset: baseOffset) }
        lastOffset = last
        nextOffset = next
        // Offsets rise by at least one a record, so there are no more records than offsets.
        guard recordCount >= 0, Int64(recordCount) <= Int64(lastOffsetDelta) + 1 else {
            throw RecordsError(
                .recordCount(declared: Int(recordCount), found: Int(lastOffsetDelta) + 1), baseOffset: baseOffset)
        }
        do {
            codec = try CompressionCodec(attributes: attributes)
        } catch {
            throw error.at(baseOffset: baseOffset, position: 0)
        }
    }
}

/// Builds batches of format 2.
package struct RecordBatchBuilder: Sendable {
    /// What a batch says of itself besides its records.
    package struct Traits: Sendable {
        package var baseOffset: Int64 = 0
        package var partitionLeaderEpoch: Int32 = -1
        package var timestampType = TimestampType.createTime
        /// The leader's time; needed with LogAppendTime, of no use without.
        package var logAppendTime: Int64 = -1
        package var producerId: Int64 = -1
        package var producerEpoch: Int16 = -1
        package var baseSequence: Int32 = -1
        package var isTransactional = false
        package var isControl = false
        /// Written in the place of the base timestamp.
        package var deleteHorizonMs: Int64?

        package init() {}
    }

    private let traits: Traits
    private let compressor: Compressor
    private var payload: [UInt8] = []
    private var recordCount: Int32 = 0
    private var nextOffset: Int64
    private var baseTimestamp: Int64 = 0
    private var maxTimestamp: Int64 = -1

    package init(_ traits: Traits = Traits(), compressor: Compressor = Compressor(.none)) {
        self.traits = traits
        self.compressor = compressor
        nextOffset = traits.baseOffset
    }

    package var isEmpty: Bool { recordCount == 0 }

    /// The size of the records so far, before compression.
    package var payloadSize: Int { payload.count }

    /// Adds a record after those before it, or at a later `offset`.
    package mutating func append(
        offset: Int64? = nil, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [KafkaRecord.Header] = []
    ) throws(RecordsError) {
        let offset = offset ?? nextOffset
        let (delta, overflows) = offset.subtractingReportingOverflow(traits.baseOffset)
        guard traits.baseOffset >= 0, !overflows, offset >= nextOffset, offset < .max else {
            throw RecordsError(.overflow, baseOffset: traits.baseOffset)
        }
        guard let offsetDelta = Int32(exactly: delta), recordCount < .max else {
            throw RecordsError(
                .offsetDelta(delta, allowed: 0...Int64(Int32.max)), baseOffset: traits.baseOffset)
        }
        let base = isEmpty ? traits.deleteHorizonMs ?? timestamp : baseTimestamp
        let (timestampDelta, timeOverflows) = timestamp.subtractingReportingOverflow(base)
        guard !timeOverflows else { throw RecordsError(.overflow, baseOffset: traits.baseOffset) }

        var record: [UInt8] = [0]  // attributes, of which none are in use
        Self.append(varint: timestampDelta, to: &record)
        Self.append(varint: Int64(offsetDelta), to: &record)
        try Self.append(key, to: &record)
        try Self.append(value, to: &record)
        Self.append(varint: Int64(headers.count), to: &record)
        for header in headers {
            try Self.append(header.key, to: &record)
            try Self.append(header.value, to: &record)
        }
        // Lengths in a batch are Int32.
        guard record.count + payload.count + 5 <= Int(Int32.max) - RecordBatchHeader.size else {
            throw RecordsError(.tooLarge(record.count + payload.count), baseOffset: traits.baseOffset)
        }
        Self.append(varint: Int64(record.count), to: &payload)
        payload += record
        baseTimestamp = base
        maxTimestamp = max(maxTimestamp, timestamp)
        recordCount += 1
        nextOffset = offset + 1
    }

    /// The batch, which ends at `lastOffset` if that is beyond the last record, as after compaction.
    package func build(lastOffset: Int64? = nil) throws(RecordsError) -> [UInt8] {
        let last = max(nextOffset - 1, lastOffset ?? traits.baseOffset)
        let (delta, overflows) = last.subtractingReportingOverflow(traits.baseOffset)
        guard !overflows, let lastOffsetDelta = Int32(exactly: delta) else {
            throw RecordsError(.overflow, baseOffset: traits.baseOffset)
        }
        let records = isEmpty ? [] : try compressor.compress(payload[...])
        guard let length = Int32(exactly: RecordBatchHeader.size - RecordBatchHeader.lengthOverhead + records.count)
        else { throw RecordsError(.tooLarge(records.count), baseOffset: traits.baseOffset) }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(RecordBatchHeader.size + records.count)
        BigEndian.append(traits.baseOffset, to: &bytes)
        BigEndian.append(length, to: &bytes)
        BigEndian.append(traits.partitionLeaderEpoch, to: &bytes)
        BigEndian.append(Int8(2), to: &bytes)
        BigEndian.append(UInt32(0), to: &bytes)  // the checksum, once there is what it covers
        BigEndian.append(attributes, to: &bytes)
        BigEndian.append(lastOffsetDelta, to: &bytes)
        BigEndian.append(isEmpty ? traits.deleteHorizonMs ?? -1 : baseTimestamp, to: &bytes)
        BigEndian.append(traits.timestampType == .logAppendTime ? traits.logAppendTime : maxTimestamp, to: &bytes)
        BigEndian.append(traits.producerId, to: &bytes)
        BigEndian.append(traits.producerEpoch, to: &bytes)
        BigEndian.append(traits.baseSequence, to: &bytes)
        BigEndian.append(recordCount, to: &bytes)
        bytes += records
        BigEndian.store(Checksum.crc32c(bytes.dropFirst(RecordBatchHeader.checksummedFrom)), in: &bytes, at: 17)
        return bytes
    }

    private var attributes: Int16 {
        Int16(compressor.codec.rawValue) | (traits.timestampType == .logAppendTime ? 1 << 3 : 0)
            | (traits.isTransactional ? 1 << 4 : 0) | (traits.isControl ? 1 << 5 : 0)
            | (traits.deleteHorizonMs == nil ? 0 : 1 << 6)
    }

    private static func append(_ string: [UInt8]?, to bytes: inout [UInt8]) throws(RecordsError) {
        guard let string else { return append(varint: -1, to: &bytes) }
        guard let length = Int32(exactly: string.count) else { throw RecordsError(.tooLarge(string.count)) }
        append(varint: Int64(length), to: &bytes)
        bytes += string
    }

    /// Zig-zag, so that small negative numbers are short too.
    private static func append(varint value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension RecordBatchBuilder {
    /// The marker with which a coordinator ends a producer's transaction in a partition.
    ///
    /// `traits` gives its offset and its producer.
    package static func endTransaction(
        _ traits: Traits, committed: Bool, coordinatorEpoch: Int32, timestamp: Int64
    ) throws(RecordsError) -> [UInt8] {
        var traits = traits
        traits.isTransactional = true
        traits.isControl = true
        traits.baseSequence = -1
        var value: [UInt8] = [0, 0]  // the version
        BigEndian.append(coordinatorEpoch, to: &value)
        var builder = RecordBatchBuilder(traits)
        try builder.append(timestamp: timestamp, key: [0, 0, 0, committed ? 1 : 0], value: value)
        return try builder.build()
    }
}

import KafkaRecords

/// Builds a partition's log, batch by batch.
struct LogBuilder {
    private(set) var batches: [[UInt8]] = []
    private(set) var next: Int64

    init(from start: Int64 = 0) { next = start }

    /// Appends records whose content follows from their numbers, as one batch; of a transaction with a producer.
    mutating func append(
        _ numbers: Range<Int>, codec: CompressionCodec = .none, producer: Int64? = nil, constant: Bool = false,
        timestampType: TimestampType = .createTime
    ) throws {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = next
        traits.timestampType = timestampType
        if timestampType == .logAppendTime { traits.logAppendTime = 5_000_000 }
        if let producer {
            traits.producerId = producer
            traits.producerEpoch = 0
            traits.baseSequence = 0
            traits.isTransactional = true
        }
        var builder = RecordBatchBuilder(traits, compressor: Compressor(codec))
        for number in numbers {
            let number = constant ? 0 : number
            try builder.append(
                timestamp: 1000 + Int64(number), key: Array("k\(number)".utf8),
                value: Array("value \(number &* 7919)".utf8))
        }
        batches.append(try builder.build())
        next += Int64(numbers.count)
    }

    mutating func end(of producer: Int64, committed: Bool) throws {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = next
        traits.producerId = producer
        traits.producerEpoch = 0
        batches.append(
            try RecordBatchBuilder.endTransaction(traits, committed: committed, coordinatorEpoch: 0, timestamp: 1000))
        next += 1
    }

    /// Flips one bit of the last byte but one of a batch, in the middle of a record.
    mutating func damage(batch: Int) { batches[batch][batches[batch].count - 2] ^= 1 }

    /// Changes bytes of the first record's value so that the batch's checksum stays as it is.
    ///
    /// CRC-32C is linear: its own polynomial, shifted in anywhere, changes nothing of it.
    mutating func forge(batch: Int) {
        // x³² + … in the reflected order in which bytes go in: 33 bits.
        let polynomial: UInt64 = 0x1_05EC_76F1
        let at = batches[batch].count - 12
        for byte in 0..<5 { batches[batch][at + byte] ^= UInt8(truncatingIfNeeded: polynomial >> (8 * UInt64(byte))) }
    }

    /// `count` records in batches of `size`.
    static func log(
        _ count: Int, perBatch size: Int, codec: CompressionCodec = .none, from start: Int64 = 0,
        constant: Bool = false
    ) throws -> LogBuilder {
        var log = LogBuilder(from: start)
        for first in stride(from: 0, to: count, by: size) {
            try log.append(first..<min(count, first + size), codec: codec, constant: constant)
        }
        return log
    }
}

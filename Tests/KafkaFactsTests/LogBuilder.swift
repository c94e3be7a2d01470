import KafkaRecords

/// Builds a partition's log, batch by batch.
struct LogBuilder {
    private(set) var batches: [[UInt8]] = []
    private(set) var next: Int64

    init(from start: Int64 = 0) { next = start }

    /// Appends a batch of `count` records, of a transaction where there is a producer.
    mutating func records(
        _ count: Int, producer: Int64? = nil, codec: CompressionCodec = .none, size: Int = 10, timestamp: Int64 = 1000
    ) throws {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = next
        if let producer {
            traits.producerId = producer
            traits.producerEpoch = 0
            traits.baseSequence = 0
            traits.isTransactional = true
        }
        var builder = RecordBatchBuilder(traits, compressor: Compressor(codec))
        for index in 0..<count {
            try builder.append(
                timestamp: timestamp + Int64(index), key: Array("k\(next + Int64(index))".utf8),
                value: [UInt8](repeating: 7, count: size))
        }
        batches.append(try builder.build())
        next += Int64(count)
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

    /// Offsets that compaction has taken away.
    mutating func gap(_ count: Int64) { next += count }
}

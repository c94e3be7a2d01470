import EmbeddedKafka
import KafkaRecords

/// Builds a partition's log, batch by batch.
struct LogBuilder {
    private(set) var batches: [[UInt8]] = []
    let start: Int64
    private(set) var next: Int64

    init(from start: Int64 = 0) {
        self.start = start
        next = start
    }

    /// Records whose content follows from their numbers.
    static func records(_ numbers: Range<Int>, constant: Bool = false) -> [NewRecord] {
        numbers.map { number in
            let number = constant ? 0 : number
            return NewRecord(
                key: Array("k\(number)".utf8), value: Array("value \(number &* 7919)".utf8),
                timestamp: 1000 + Int64(number))
        }
    }

    /// Appends such records as one batch.
    mutating func append(_ numbers: Range<Int>, codec: CompressionCodec = .none, constant: Bool = false) throws {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = next
        var builder = RecordBatchBuilder(traits, compressor: Compressor(codec))
        for record in Self.records(numbers, constant: constant) {
            try builder.append(timestamp: record.timestamp ?? 0, key: record.key, value: record.value)
        }
        batches.append(try builder.build())
        next += Int64(numbers.count)
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

extension ClusterState {
    /// A topic with a partition for each log.
    mutating func createTopic(_ name: String, logs: [LogBuilder]) throws {
        createTopic(name, partitions: logs.count)
        for (index, log) in logs.enumerated() {
            begin(name, Int32(index), at: log.start)
            for batch in log.batches { try append(batch: batch, to: name, Int32(index)) }
        }
    }
}

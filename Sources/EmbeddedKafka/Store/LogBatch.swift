import KafkaRecords

/// A batch in a log: its bytes as the broker stores them, and what is asked of it most.
struct LogBatch: Sendable {
    let bytes: [UInt8]
    let baseOffset: Int64
    let lastOffset: Int64
    let maxTimestamp: Int64

    var nextOffset: Int64 { lastOffset + 1 }

    init(_ bytes: [UInt8]) throws(RecordsError) {
        let header = try RecordBatchHeader(bytes[...])
        self.bytes = bytes
        baseOffset = header.baseOffset
        lastOffset = header.lastOffset
        maxTimestamp = header.maxTimestamp
    }
}

/// The fields that a leader sets in a batch it was sent; the checksum does not cover the first two.
enum BatchRewriting {
    static func setBaseOffset(_ offset: Int64, in bytes: inout [UInt8]) { store(offset, in: &bytes, at: 0) }

    static func setLeaderEpoch(_ epoch: Int32, in bytes: inout [UInt8]) { store(epoch, in: &bytes, at: 12) }

    /// `message.timestamp.type=LogAppendTime`: the broker's time stands for all records of the batch.
    static func setLogAppendTime(_ time: Int64, in bytes: inout [UInt8]) {
        bytes[22] |= 1 << 3
        store(time, in: &bytes, at: 35)
        store(Checksum.crc32c(bytes[RecordBatchHeader.checksummedFrom...]), in: &bytes, at: 17)
    }

    private static func store<I: FixedWidthInteger>(_ value: I, in bytes: inout [UInt8], at position: Int) {
        for index in 0..<MemoryLayout<I>.size {
            bytes[position + index] = UInt8(truncatingIfNeeded: value >> (I.bitWidth - 8 - 8 * index))
        }
    }
}

/// A unit of a log: a batch, or a message of the formats before batches.
package enum StoredBatch: Sendable {
    case batch(RecordBatch)
    case legacy(LegacyMessage)

    /// Nil for a compressed legacy message, which does not say how many it wraps.
    package var baseOffset: Int64? {
        switch self {
        case .batch(let batch): batch.header.baseOffset
        case .legacy(let message): message.codec == .none ? message.offset : nil
        }
    }

    package var lastOffset: Int64 {
        switch self {
        case .batch(let batch): batch.header.lastOffset
        case .legacy(let message): message.offset
        }
    }

    /// Where to fetch next; ``lastOffset`` is never the largest integer.
    package var nextOffset: Int64 { lastOffset + 1 }

    /// The whole unit as stored.
    package var sizeInBytes: Int {
        switch self {
        case .batch(let batch): batch.bytes.count
        case .legacy(let message): message.bytes.count
        }
    }

    /// Nil for a compressed legacy message, as for ``baseOffset``.
    package var recordCount: Int? {
        switch self {
        case .batch(let batch): Int(batch.header.recordCount)
        case .legacy(let message): message.codec == .none ? 1 : nil
        }
    }

    /// 0, 1 or 2.
    package var magic: Int8 {
        switch self {
        case .batch(let batch): batch.header.magic
        case .legacy(let message): message.magic
        }
    }

    /// As stored: CRC-32C of a batch, CRC-32 of a legacy message.
    package var crc: UInt32 {
        switch self {
        case .batch(let batch): batch.header.crc
        case .legacy(let message): message.crc
        }
    }

    package var codec: CompressionCodec {
        switch self {
        case .batch(let batch): batch.header.codec
        case .legacy(let message): message.codec
        }
    }

    package var maxTimestamp: Int64 {
        switch self {
        case .batch(let batch): batch.header.maxTimestamp
        case .legacy(let message): message.timestamp
        }
    }

    package var timestampType: TimestampType {
        switch self {
        case .batch(let batch): batch.header.timestampType
        case .legacy(let message): message.timestampType
        }
    }

    /// -1 where the producer is not idempotent.
    package var producerId: Int64 {
        switch self {
        case .batch(let batch): batch.header.producerId
        case .legacy: -1
        }
    }

    package var isTransactional: Bool {
        switch self {
        case .batch(let batch): batch.header.isTransactional
        case .legacy: false
        }
    }

    package var isControl: Bool {
        switch self {
        case .batch(let batch): batch.header.isControl
        case .legacy: false
        }
    }

    /// Throws where the stored checksum is not that of the bytes.
    package func verifyChecksum() throws(RecordsError) {
        if case .batch(let batch) = self { try batch.verifyChecksum() }  // a legacy message was verified when read
    }
}

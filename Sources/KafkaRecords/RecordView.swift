/// One record, still where it was decompressed.
///
/// Keys and values are slices of the batch, so that records can be digested without being copied. They keep the whole
/// batch in memory: what is to stay becomes a ``KafkaRecord``.
package struct RecordView: Sendable {
    package let offset: Int64
    /// Milliseconds since 1970; -1 where there is none.
    package let timestamp: Int64
    package let batch: BatchTraits
    private let bytes: ArraySlice<UInt8>
    private let keyRange: Range<Int>?
    private let valueRange: Range<Int>?
    private let headersRange: Range<Int>
    private let headerCount: Int

    /// The ranges are indices of `bytes`, which the caller has checked.
    init(
        offset: Int64, timestamp: Int64, batch: BatchTraits, bytes: ArraySlice<UInt8>, key: Range<Int>?,
        value: Range<Int>?, headers: Range<Int>, headerCount: Int
    ) {
        self.offset = offset
        self.timestamp = timestamp
        self.batch = batch
        self.bytes = bytes
        keyRange = key
        valueRange = value
        headersRange = headers
        self.headerCount = headerCount
    }

    /// Nil for null, which is not the empty key.
    package var key: ArraySlice<UInt8>? { keyRange.map { bytes[$0] } }

    /// Nil for null, a tombstone, which is not the empty value.
    package var value: ArraySlice<UInt8>? { valueRange.map { bytes[$0] } }

    package var headers: RecordHeaders { RecordHeaders(checked: bytes[headersRange], count: headerCount) }
}

/// What all records of a batch have in common.
package struct BatchTraits: Equatable, Sendable {
    /// The record format, 0, 1 or 2.
    package var magic: Int8
    package var timestampType: TimestampType
    package var isControl = false
    package var isTransactional = false
    /// -1 where the producer is not idempotent.
    package var producerId: Int64 = -1
    package var producerEpoch: Int16 = -1
}

extension BatchTraits {
    init(_ header: RecordBatchHeader) {
        magic = header.magic
        timestampType = header.timestampType
        isControl = header.isControl
        isTransactional = header.isTransactional
        producerId = header.producerId
        producerEpoch = header.producerEpoch
    }
}

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

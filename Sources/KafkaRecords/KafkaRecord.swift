/// One record that owns its bytes.
package struct KafkaRecord: Equatable, Sendable {
    /// A key, which is UTF-8 by convention only, and a value, nil for null.
    package struct Header: Equatable, Sendable {
        package var key: [UInt8]
        package var value: [UInt8]?

        package init(key: [UInt8], value: [UInt8]?) {
            self.key = key
            self.value = value
        }
    }

    package var offset: Int64
    /// Milliseconds since 1970; -1 where there is none.
    package var timestamp: Int64
    /// Nil for null, which is not the empty key.
    package var key: [UInt8]?
    /// Nil for null, a tombstone, which is not the empty value.
    package var value: [UInt8]?
    package var headers: [Header]
    package var batch: BatchTraits

    package init(_ view: RecordView) {
        offset = view.offset
        timestamp = view.timestamp
        key = view.key.map(Array.init)
        value = view.value.map(Array.init)
        headers = view.headers.map { Header(key: Array($0.key), value: $0.value.map(Array.init)) }
        batch = view.batch
    }

    package var timestampType: TimestampType { batch.timestampType }
    package var isControl: Bool { batch.isControl }
    package var isTransactional: Bool { batch.isTransactional }
    package var producerId: Int64 { batch.producerId }
    package var producerEpoch: Int16 { batch.producerEpoch }
    /// The record format, 0, 1 or 2.
    package var magic: Int8 { batch.magic }
}

/// One record, still where it was decompressed.
///
/// Keys and values are slices of the batch, so that records can be digested without being copied. They keep the whole
/// batch in memory: what is to stay becomes a ``KafkaRecord``.
package struct RecordView: Sendable {
    /// Where a record's parts are: no more than numbers, so that going from one to the next counts no references.
    struct Place {
        var offset: Int64 = 0
        var timestamp: Int64 = -1
        /// Indices of the bytes; -1 as the start of what is null.
        var key = -1
        var keyEnd = -1
        var value = -1
        var valueEnd = -1
        var headers = 0
        var headersEnd = 0
        var headerCount = 0
    }

    package let batch: BatchTraits
    let bytes: ArraySlice<UInt8>
    var place: Place

    /// What the place says of `bytes` the caller has checked.
    init(batch: BatchTraits, bytes: ArraySlice<UInt8>, place: Place = Place()) {
        self.batch = batch
        self.bytes = bytes
        self.place = place
    }

    package var offset: Int64 { place.offset }

    /// Milliseconds since 1970; -1 where there is none.
    package var timestamp: Int64 { place.timestamp }

    /// Nil for null, which is not the empty key.
    package var key: ArraySlice<UInt8>? { place.key < 0 ? nil : bytes[place.key..<place.keyEnd] }

    /// Nil for null, a tombstone, which is not the empty value.
    package var value: ArraySlice<UInt8>? { place.value < 0 ? nil : bytes[place.value..<place.valueEnd] }

    package var headers: RecordHeaders {
        RecordHeaders(checked: bytes[place.headers..<place.headersEnd], count: place.headerCount)
    }
}

/// Commits a transaction or aborts it.
package struct EndTxnRequest: WireRequest {
    package typealias Response = EndTxnResponse
    package static let key = ApiKey.endTxn
    package static let versions: ClosedRange<Int16> = 0...5
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    package var transactionalID = ""
    package var producerID: Int64 = 0
    package var producerEpoch: Int16 = 0
    package var committed = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("transactional_id", &transactionalID)
        try codec.field("producer_id", &producerID)
        try codec.field("producer_epoch", &producerEpoch)
        try codec.field("committed", &committed)
    }
}

/// Whether the transaction has ended; from version 5 with the epoch that the next one has.
package struct EndTxnResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var producerID: Int64 = -1
    package var producerEpoch: Int16 = -1
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("producer_id", &producerID, in: 5...)
        try codec.field("producer_epoch", &producerEpoch, in: 5...)
    }
}

/// Gets a producer id and epoch.
package struct InitProducerIdRequest: WireRequest {
    package typealias Response = InitProducerIdResponse
    package static let key = ApiKey.initProducerId
    package static let versions: ClosedRange<Int16> = 0...5
    package static let spoken: ClosedRange<Int16> = 1...4
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var transactionalID: String? = ""
    package var transactionTimeoutMs: Int32 = 0
    /// `-1` for a new one.
    package var producerID: Int64 = -1
    package var producerEpoch: Int16 = -1
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("transactional_id", &transactionalID)
        try codec.field("transaction_timeout_ms", &transactionTimeoutMs)
        try codec.field("producer_id", &producerID, in: 3..., else: -1)
        try codec.field("producer_epoch", &producerEpoch, in: 3..., else: -1)
    }
}

/// A producer id and epoch.
package struct InitProducerIdResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var producerID: Int64 = -1
    package var producerEpoch: Int16 = 0
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("producer_id", &producerID)
        try codec.field("producer_epoch", &producerEpoch)
    }
}

/// Announces that a transaction is about to commit offsets of a group.
package struct AddOffsetsToTxnRequest: WireRequest {
    package typealias Response = AddOffsetsToTxnResponse
    package static let key = ApiKey.addOffsetsToTxn
    package static let versions: ClosedRange<Int16> = 0...4
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    package var transactionalID = ""
    package var producerID: Int64 = 0
    package var producerEpoch: Int16 = 0
    package var groupID = ""
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("transactional_id", &transactionalID)
        try codec.field("producer_id", &producerID)
        try codec.field("producer_epoch", &producerEpoch)
        try codec.field("group_id", &groupID)
    }
}

/// Whether the group's offsets belong to the transaction now.
package struct AddOffsetsToTxnResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
    }
}

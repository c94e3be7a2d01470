/// Tells a classic group's coordinator that a member lives.
package struct HeartbeatRequest: WireRequest {
    package typealias Response = HeartbeatResponse
    package static let key = ApiKey.heartbeat
    package static let versions: ClosedRange<Int16> = 0...4
    package static let flexible: PartialRangeFrom<Int16>? = 4...

    package var groupID = ""
    package var generationID: Int32 = 0
    package var memberID = ""
    package var groupInstanceID: String?
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID)
        try codec.field("generation_id", &generationID)
        try codec.field("member_id", &memberID)
        try codec.field("group_instance_id", &groupInstanceID, in: 3..., else: nil)
    }
}

/// Whether the member is still one; REBALANCE_IN_PROGRESS asks it to join again.
package struct HeartbeatResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 1...)
        try codec.field("error_code", &error)
    }
}

/// Asks for a member's assignment; the leader brings those of all.
package struct SyncGroupRequest: WireRequest {
    package typealias Response = SyncGroupResponse
    package static let key = ApiKey.syncGroup
    package static let versions: ClosedRange<Int16> = 0...5
    package static let flexible: PartialRangeFrom<Int16>? = 4...

    package var groupID = ""
    package var generationID: Int32 = 0
    package var memberID = ""
    package var groupInstanceID: String?
    package var protocolType: String?
    package var protocolName: String?
    package var assignments: [Assignment] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID)
        try codec.field("generation_id", &generationID)
        try codec.field("member_id", &memberID)
        try codec.field("group_instance_id", &groupInstanceID, in: 3..., else: nil)
        try codec.field("protocol_type", &protocolType, in: 5...)
        try codec.field("protocol_name", &protocolName, in: 5...)
        try codec.field("assignments", &assignments)
    }

    /// What the leader gives a member.
    package struct Assignment: WireStruct {
        package var memberID = ""
        package var assignment: [UInt8] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("assignment", &assignment)
        }
    }
}

/// What the leader gave this member, in the bytes of the leader.
package struct SyncGroupResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var protocolType: String?
    package var protocolName: String?
    package var assignment: [UInt8] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 1...)
        try codec.field("error_code", &error)
        try codec.field("protocol_type", &protocolType, in: 5...)
        try codec.field("protocol_name", &protocolName, in: 5...)
        try codec.field("assignment", &assignment)
    }
}

/// Becomes a member of a classic group, or stays one in its next generation.
///
/// A first call without a member id draws MEMBER_ID_REQUIRED and the id to call again with (from version 4).
package struct JoinGroupRequest: WireRequest {
    package typealias Response = JoinGroupResponse
    package static let key = ApiKey.joinGroup
    package static let versions: ClosedRange<Int16> = 0...9
    package static let flexible: PartialRangeFrom<Int16>? = 6...

    package var groupID = ""
    package var sessionTimeoutMs: Int32 = 0
    /// `-1`: the session timeout, as before version 1.
    package var rebalanceTimeoutMs: Int32 = -1
    package var memberID = ""
    package var groupInstanceID: String?
    package var protocolType = ""
    package var protocols: [GroupProtocol] = []
    package var reason: String?
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID)
        try codec.field("session_timeout_ms", &sessionTimeoutMs)
        try codec.field("rebalance_timeout_ms", &rebalanceTimeoutMs, in: 1...)
        try codec.field("member_id", &memberID)
        try codec.field("group_instance_id", &groupInstanceID, in: 5..., else: nil)
        try codec.field("protocol_type", &protocolType)
        try codec.field("protocols", &protocols)
        try codec.field("reason", &reason, in: 8...)
    }

    /// A way of assigning partitions, and what the member has to say to whoever assigns them.
    package struct GroupProtocol: WireStruct {
        package var name = ""
        package var metadata: [UInt8] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("metadata", &metadata)
        }
    }
}

/// The generation that begins, with all its members for the one that leads it.
package struct JoinGroupResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var generationID: Int32 = -1
    package var protocolType: String?
    package var protocolName: String? = ""
    package var leader = ""
    package var skipAssignment = false
    package var memberID = ""
    package var members: [Member] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 2...)
        try codec.field("error_code", &error)
        try codec.field("generation_id", &generationID)
        try codec.field("protocol_type", &protocolType, in: 7...)
        try codec.field("protocol_name", &protocolName, nullIn: 7...)
        try codec.field("leader", &leader)
        try codec.field("skip_assignment", &skipAssignment, in: 9..., else: false)
        try codec.field("member_id", &memberID)
        try codec.field("members", &members)
    }

    /// A member, as the leader is told of it.
    package struct Member: WireStruct {
        package var memberID = ""
        package var groupInstanceID: String?
        package var metadata: [UInt8] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("group_instance_id", &groupInstanceID, in: 5...)
            try codec.field("metadata", &metadata)
        }
    }
}

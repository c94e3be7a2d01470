/// Ends memberships of a classic group: up to version 2 one, in ``memberID``, from version 3 those in ``members``.
package struct LeaveGroupRequest: WireRequest {
    package typealias Response = LeaveGroupResponse
    package static let key = ApiKey.leaveGroup
    package static let versions: ClosedRange<Int16> = 0...5
    package static let flexible: PartialRangeFrom<Int16>? = 4...

    package var groupID = ""
    package var memberID = ""
    package var members: [Member] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID)
        try codec.field("member_id", &memberID, in: ...2, else: "")
        try codec.field("members", &members, in: 3..., else: [])
    }

    /// Who leaves, and why.
    package struct Member: WireStruct {
        package var memberID = ""
        package var groupInstanceID: String?
        package var reason: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("group_instance_id", &groupInstanceID)
            try codec.field("reason", &reason, in: 5...)
        }
    }
}

/// Whether each of them has left.
package struct LeaveGroupResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var members: [Member] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 1...)
        try codec.field("error_code", &error)
        try codec.field("members", &members, in: 3..., else: [])
    }

    /// Outcome for one member.
    package struct Member: WireStruct {
        package var memberID = ""
        package var groupInstanceID: String?
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("group_instance_id", &groupInstanceID)
            try codec.field("error_code", &error)
        }
    }
}

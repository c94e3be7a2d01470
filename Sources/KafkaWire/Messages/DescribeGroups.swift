/// Asks a coordinator for state and members of classic groups.
package struct DescribeGroupsRequest: WireRequest {
    package typealias Response = DescribeGroupsResponse
    package static let key = ApiKey.describeGroups
    package static let versions: ClosedRange<Int16> = 1...6
    package static let flexible: PartialRangeFrom<Int16>? = 5...

    package var groups: [String] = []
    package var includeAuthorizedOperations = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("groups", &groups)
        try codec.field("include_authorized_operations", &includeAuthorizedOperations, in: 3..., else: false)
    }
}

/// State and members of groups.
///
/// Up to version 5 an unknown group, and one of the new protocol, is said to be `Dead`, with no error.
package struct DescribeGroupsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var groups: [Group] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("groups", &groups)
    }

    /// State and members of one group.
    package struct Group: WireStruct {
        package var error: KafkaErrorCode = .none
        package var errorMessage: String?
        package var groupID = ""
        package var groupState = ""
        package var protocolType = ""
        /// The assignor in use.
        package var protocolData = ""
        package var members: [Member] = []
        /// A bit for each operation; the least int32 where they were not asked for.
        package var authorizedOperations: Int32 = .min
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage, in: 6..., else: nil)
            try codec.field("group_id", &groupID)
            try codec.field("group_state", &groupState)
            try codec.field("protocol_type", &protocolType)
            try codec.field("protocol_data", &protocolData)
            try codec.field("members", &members)
            try codec.field("authorized_operations", &authorizedOperations, in: 3..., else: .min)
        }
    }

    /// A member of a classic group.
    package struct Member: WireStruct {
        package var memberID = ""
        package var groupInstanceID: String?
        package var clientID = ""
        package var clientHost = ""
        /// The subscription, in the encoding of the group's protocol type; empty unless the group is stable.
        package var memberMetadata: [UInt8] = []
        package var memberAssignment: [UInt8] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("group_instance_id", &groupInstanceID, in: 4...)
            try codec.field("client_id", &clientID)
            try codec.field("client_host", &clientHost)
            try codec.field("member_metadata", &memberMetadata)
            try codec.field("member_assignment", &memberAssignment)
        }
    }
}

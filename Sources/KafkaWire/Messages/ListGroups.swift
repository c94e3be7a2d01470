/// Asks a broker for the groups it coordinates: every broker must be asked.
package struct ListGroupsRequest: WireRequest {
    package typealias Response = ListGroupsResponse
    package static let key = ApiKey.listGroups
    package static let versions: ClosedRange<Int16> = 1...5
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    package var statesFilter: [String] = []
    package var typesFilter: [String] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("states_filter", &statesFilter, in: 4..., else: [])
        try codec.field("types_filter", &typesFilter, in: 5..., else: [])
    }
}

/// The groups one broker coordinates; those the principal may not describe are left out, with no error.
package struct ListGroupsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    /// While a coordinator loads, the list is incomplete.
    package var error: KafkaErrorCode = .none
    package var groups: [Group] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("groups", &groups)
    }

    /// A group, by id, kind and state.
    package struct Group: WireStruct {
        package var groupID = ""
        /// Empty for groups that only ever committed offsets.
        package var protocolType = ""
        package var groupState = ""
        package var groupType = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("group_id", &groupID)
            try codec.field("protocol_type", &protocolType)
            try codec.field("group_state", &groupState, in: 4...)
            try codec.field("group_type", &groupType, in: 5...)
        }
    }
}

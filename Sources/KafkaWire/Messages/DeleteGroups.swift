/// Deletes groups, at their coordinator.
package struct DeleteGroupsRequest: WireRequest {
    package typealias Response = DeleteGroupsResponse
    package static let key = ApiKey.deleteGroups
    package static let versions: ClosedRange<Int16> = 1...2
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var groupsNames: [String] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("groups_names", &groupsNames)
    }
}

/// What became of each group.
package struct DeleteGroupsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var results: [Group] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("results", &results)
    }

    /// What became of one group.
    package struct Group: WireStruct {
        package var groupID = ""
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("group_id", &groupID)
            try codec.field("error_code", &error)
        }
    }
}

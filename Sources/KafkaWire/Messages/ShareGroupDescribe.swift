/// Asks a coordinator for state and members of share groups (KIP-932).
package struct ShareGroupDescribeRequest: WireRequest {
    package typealias Response = ShareGroupDescribeResponse
    package static let key = ApiKey.shareGroupDescribe
    package static let versions: ClosedRange<Int16> = 1...1
    package static let flexible: PartialRangeFrom<Int16>? = 1...

    package var groupIDs: [String] = []
    package var includeAuthorizedOperations = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_ids", &groupIDs)
        try codec.field("include_authorized_operations", &includeAuthorizedOperations)
    }
}

/// State and members of share groups.
package struct ShareGroupDescribeResponse: WireStruct {
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
        package var groupEpoch: Int32 = 0
        package var assignmentEpoch: Int32 = 0
        package var assignorName = ""
        package var members: [Member] = []
        /// A bit for each operation; the least int32 where they were not asked for.
        package var authorizedOperations: Int32 = .min
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("group_id", &groupID)
            try codec.field("group_state", &groupState)
            try codec.field("group_epoch", &groupEpoch)
            try codec.field("assignment_epoch", &assignmentEpoch)
            try codec.field("assignor_name", &assignorName)
            try codec.field("members", &members)
            try codec.field("authorized_operations", &authorizedOperations)
        }
    }

    /// A member of a share group.
    package struct Member: WireStruct {
        package var memberID = ""
        package var rackID: String?
        package var memberEpoch: Int32 = 0
        package var clientID = ""
        package var clientHost = ""
        package var subscribedTopicNames: [String] = []
        package var assignment = Assignment()
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("rack_id", &rackID)
            try codec.field("member_epoch", &memberEpoch)
            try codec.field("client_id", &clientID)
            try codec.field("client_host", &clientHost)
            try codec.field("subscribed_topic_names", &subscribedTopicNames)
            try codec.field("assignment", &assignment)
        }
    }

    /// Partitions a member has, or is to have.
    package struct Assignment: WireStruct {
        package var topicPartitions: [TopicPartitions] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic_partitions", &topicPartitions)
        }
    }

    /// Partitions of one topic.
    package struct TopicPartitions: WireStruct {
        package var topicID: KafkaUUID = .zero
        package var name = ""
        package var partitions: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic_id", &topicID)
            try codec.field("topic_name", &name)
            try codec.field("partitions", &partitions)
        }
    }
}

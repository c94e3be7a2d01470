/// Asks a coordinator for state and members of consumer groups of the new protocol (KIP-848).
///
/// A classic or missing group is answered with GROUP_ID_NOT_FOUND.
package struct ConsumerGroupDescribeRequest: WireRequest {
    package typealias Response = ConsumerGroupDescribeResponse
    package static let key = ApiKey.consumerGroupDescribe
    package static let versions: ClosedRange<Int16> = 0...1
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    package var groupIDs: [String] = []
    package var includeAuthorizedOperations = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_ids", &groupIDs)
        try codec.field("include_authorized_operations", &includeAuthorizedOperations)
    }
}

/// State and members of consumer groups.
package struct ConsumerGroupDescribeResponse: WireStruct {
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

    /// A member of a consumer group.
    package struct Member: WireStruct {
        package var memberID = ""
        package var instanceID: String?
        package var rackID: String?
        package var memberEpoch: Int32 = 0
        package var clientID = ""
        package var clientHost = ""
        package var subscribedTopicNames: [String] = []
        package var subscribedTopicRegex: String?
        package var assignment = Assignment()
        /// Differs from ``assignment`` while the group reconciles.
        package var targetAssignment = Assignment()
        /// `-1` unknown, 0 classic, 1 consumer.
        package var memberType: Int8 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("member_id", &memberID)
            try codec.field("instance_id", &instanceID)
            try codec.field("rack_id", &rackID)
            try codec.field("member_epoch", &memberEpoch)
            try codec.field("client_id", &clientID)
            try codec.field("client_host", &clientHost)
            try codec.field("subscribed_topic_names", &subscribedTopicNames)
            try codec.field("subscribed_topic_regex", &subscribedTopicRegex)
            try codec.field("assignment", &assignment)
            try codec.field("target_assignment", &targetAssignment)
            try codec.field("member_type", &memberType, in: 1...)
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

/// Asks a group's coordinator for its committed offsets.
///
/// Up to version 7 for one group, in ``groupID`` and ``topics``; from version 8 for several, in ``groups``.
package struct OffsetFetchRequest: WireRequest {
    package typealias Response = OffsetFetchResponse
    package static let key = ApiKey.offsetFetch
    package static let versions: ClosedRange<Int16> = 1...10
    /// Version 1 can neither ask for every partition nor say what is wrong with the group; in 10 topics go by ids.
    package static let spoken: ClosedRange<Int16> = 2...9
    package static let flexible: PartialRangeFrom<Int16>? = 6...

    package var groupID = ""
    /// Null asks for every partition with a commit.
    package var topics: [Topic]? = []
    package var groups: [Group] = []
    /// Refuse (UNSTABLE_OFFSET_COMMIT) while a transaction that commits offsets is open.
    package var requireStable = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID, in: ...7, else: "")
        if codec.version == 1 {
            try codec.field("topics", &topics, nullIn: 2...)
        } else {
            try codec.field("topics", &topics, in: ...7, else: [])
        }
        try codec.field("groups", &groups, in: 8..., else: [])
        try codec.field("require_stable", &requireStable, in: 7..., else: false)
    }

    /// Partitions of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitionIndexes: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name, in: ...9)
            try codec.field("topic_id", &topicID, in: 10...)
            try codec.field("partition_indexes", &partitionIndexes)
        }
    }

    /// A group and what is asked of it.
    package struct Group: WireStruct {
        package var groupID = ""
        package var memberID: String?
        package var memberEpoch: Int32 = -1
        /// Null asks for every partition with a commit.
        package var topics: [Topic]? = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("group_id", &groupID)
            try codec.field("member_id", &memberID, in: 9...)
            try codec.field("member_epoch", &memberEpoch, in: 9...)
            try codec.field("topics", &topics)
        }
    }
}

/// Committed offsets: up to version 7 in ``topics``, from version 8 in ``groups``.
package struct OffsetFetchResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package var error: KafkaErrorCode = .none
    package var groups: [Group] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 3...)
        try codec.field("topics", &topics, in: ...7, else: [])
        try codec.field("error_code", &error, in: 2...7)
        try codec.field("groups", &groups, in: 8..., else: [])
    }

    /// Committed offsets of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name, in: ...9)
            try codec.field("topic_id", &topicID, in: 10...)
            try codec.field("partitions", &partitions)
        }
    }

    /// The committed offset of one partition; `-1` where there is none.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var committedOffset: Int64 = 0
        package var committedLeaderEpoch: Int32 = -1
        package var metadata: String? = ""
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("committed_offset", &committedOffset)
            try codec.field("committed_leader_epoch", &committedLeaderEpoch, in: 5...)
            try codec.field("metadata", &metadata)
            try codec.field("error_code", &error)
        }
    }

    /// Committed offsets of one group.
    package struct Group: WireStruct {
        package var groupID = ""
        package var topics: [Topic] = []
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("group_id", &groupID)
            try codec.field("topics", &topics)
            try codec.field("error_code", &error)
        }
    }
}

/// Commits offsets for a group, at its coordinator.
package struct OffsetCommitRequest: WireRequest {
    package typealias Response = OffsetCommitResponse
    package static let key = ApiKey.offsetCommit
    package static let versions: ClosedRange<Int16> = 2...10
    /// In version 10 topics go by ids, which nothing here needs.
    package static let spoken: ClosedRange<Int16> = 2...9
    package static let flexible: PartialRangeFrom<Int16>? = 8...

    package var groupID = ""
    /// `-1`, with an empty member id, commits for a group without members.
    package var generationIDOrMemberEpoch: Int32 = -1
    package var memberID = ""
    package var groupInstanceID: String?
    package var retentionTimeMs: Int64 = -1
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID)
        try codec.field("generation_id_or_member_epoch", &generationIDOrMemberEpoch)
        try codec.field("member_id", &memberID)
        try codec.field("group_instance_id", &groupInstanceID, in: 7..., else: nil)
        try codec.field("retention_time_ms", &retentionTimeMs, in: ...4)
        try codec.field("topics", &topics)
    }

    /// Offsets of one topic to commit.
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

    /// The offset of one partition to commit.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var committedOffset: Int64 = 0
        package var committedLeaderEpoch: Int32 = -1
        package var committedMetadata: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("committed_offset", &committedOffset)
            try codec.field("committed_leader_epoch", &committedLeaderEpoch, in: 6...)
            try codec.field("committed_metadata", &committedMetadata)
        }
    }
}

/// Whether each partition's offset was committed.
package struct OffsetCommitResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 3...)
        try codec.field("topics", &topics)
    }

    /// Outcome for one topic.
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

    /// Outcome for one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("error_code", &error)
        }
    }
}

/// Commits offsets of a group that count once the transaction is committed.
package struct TxnOffsetCommitRequest: WireRequest {
    package typealias Response = TxnOffsetCommitResponse
    package static let key = ApiKey.txnOffsetCommit
    package static let versions: ClosedRange<Int16> = 0...5
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    package var transactionalID = ""
    package var groupID = ""
    package var producerID: Int64 = 0
    package var producerEpoch: Int16 = 0
    /// `-1` for a group that is not looked at.
    package var generationID: Int32 = -1
    package var memberID = ""
    package var groupInstanceID: String?
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("transactional_id", &transactionalID)
        try codec.field("group_id", &groupID)
        try codec.field("producer_id", &producerID)
        try codec.field("producer_epoch", &producerEpoch)
        try codec.field("generation_id", &generationID, in: 3..., else: -1)
        try codec.field("member_id", &memberID, in: 3..., else: "")
        try codec.field("group_instance_id", &groupInstanceID, in: 3..., else: nil)
        try codec.field("topics", &topics)
    }

    /// Offsets of one topic to commit.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
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
            try codec.field("committed_leader_epoch", &committedLeaderEpoch, in: 2...)
            try codec.field("committed_metadata", &committedMetadata)
        }
    }
}

/// Whether each partition's offset was taken.
package struct TxnOffsetCommitResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("topics", &topics)
    }

    /// Outcome for one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
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

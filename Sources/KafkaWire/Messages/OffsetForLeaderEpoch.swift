/// Asks partition leaders where a leader epoch ended.
package struct OffsetForLeaderEpochRequest: WireRequest {
    package typealias Response = OffsetForLeaderEpochResponse
    package static let key = ApiKey.offsetForLeaderEpoch
    package static let versions: ClosedRange<Int16> = 2...4
    package static let flexible: PartialRangeFrom<Int16>? = 4...

    /// Consumers send `-1`; Kafka's default is the "debugging consumer".
    package var replicaID: Int32 = -2
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("replica_id", &replicaID, in: 3...)
        try codec.field("topics", &topics)
    }

    /// Partitions of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name)
            try codec.field("partitions", &partitions)
        }
    }

    /// The epoch of one partition to ask about.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var currentLeaderEpoch: Int32 = -1
        package var leaderEpoch: Int32 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition", &index)
            try codec.field("current_leader_epoch", &currentLeaderEpoch)
            try codec.field("leader_epoch", &leaderEpoch)
        }
    }
}

/// Where the epochs asked for ended; `-1` where unknown.
package struct OffsetForLeaderEpochResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("topics", &topics)
    }

    /// Answers for one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name)
            try codec.field("partitions", &partitions)
        }
    }

    /// The end of an epoch in one partition.
    package struct Partition: WireStruct {
        package var error: KafkaErrorCode = .none
        package var index: Int32 = 0
        /// The epoch found: the one asked for, or the greatest below it.
        package var leaderEpoch: Int32 = -1
        package var endOffset: Int64 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("partition", &index)
            try codec.field("leader_epoch", &leaderEpoch)
            try codec.field("end_offset", &endOffset)
        }
    }
}

/// Reads record batches from partitions, at their leaders.
package struct FetchRequest: WireRequest {
    package typealias Response = FetchResponse
    package static let key = ApiKey.fetch
    package static let versions: ClosedRange<Int16> = 4...18
    /// From version 13 on topics go by ids, which nothing here needs.
    package static let spoken: ClosedRange<Int16> = 4...12
    package static let flexible: PartialRangeFrom<Int16>? = 12...

    /// Only between controllers.
    package var clusterID: String?
    /// Of followers, from version 15 on instead of ``replicaID``.
    package var replicaState = ReplicaState()
    package var replicaID: Int32 = -1
    package var maxWaitMs: Int32 = 0
    package var minBytes: Int32 = 0
    /// Soft: the first batch is always returned whole.
    package var maxBytes: Int32 = .max
    /// 1 hides records of transactions still open and tells which are aborted.
    package var isolationLevel: Int8 = 0
    /// 0, with epoch `-1`, asks without a session.
    package var sessionID: Int32 = 0
    package var sessionEpoch: Int32 = -1
    package var topics: [Topic] = []
    package var forgottenTopicsData: [ForgottenTopic] = []
    package var rackID = ""
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("replica_id", &replicaID, in: ...14, else: -1)
        try codec.field("max_wait_ms", &maxWaitMs)
        try codec.field("min_bytes", &minBytes)
        try codec.field("max_bytes", &maxBytes)
        try codec.field("isolation_level", &isolationLevel)
        try codec.field("session_id", &sessionID, in: 7...)
        try codec.field("session_epoch", &sessionEpoch, in: 7...)
        try codec.field("topics", &topics)
        try codec.field("forgotten_topics_data", &forgottenTopicsData, in: 7..., else: [])
        try codec.field("rack_id", &rackID, in: 11...)
        try codec.tagged(0, "cluster_id", &clusterID, in: 12..., default: nil)
        try codec.tagged(1, "replica_state", &replicaState, in: 15..., else: .init())
    }

    /// Which follower asks.
    package struct ReplicaState: WireStruct {
        package var replicaID: Int32 = -1
        package var replicaEpoch: Int64 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("replica_id", &replicaID)
            try codec.field("replica_epoch", &replicaEpoch)
        }
    }

    /// Partitions of one topic to read.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name, in: ...12)
            try codec.field("topic_id", &topicID, in: 13...)
            try codec.field("partitions", &partitions)
        }
    }

    /// Where to read one partition, and how much.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var currentLeaderEpoch: Int32 = -1
        package var fetchOffset: Int64 = 0
        /// `-1` unless the caller acts on ``FetchResponse/Partition/divergingEpoch``.
        package var lastFetchedEpoch: Int32 = -1
        /// Only of followers.
        package var logStartOffset: Int64 = -1
        package var partitionMaxBytes: Int32 = 0
        /// Only of followers.
        package var replicaDirectoryID: KafkaUUID = .zero
        /// Only of followers.
        package var highWatermark: Int64 = .max
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition", &index)
            try codec.field("current_leader_epoch", &currentLeaderEpoch, in: 9...)
            try codec.field("fetch_offset", &fetchOffset)
            try codec.field("last_fetched_epoch", &lastFetchedEpoch, in: 12..., else: -1)
            try codec.field("log_start_offset", &logStartOffset, in: 5...)
            try codec.field("partition_max_bytes", &partitionMaxBytes)
            try codec.tagged(0, "replica_directory_id", &replicaDirectoryID, in: 17..., else: .zero)
            try codec.tagged(1, "high_watermark", &highWatermark, in: 18..., else: .max)
        }
    }

    /// Partitions to take out of a fetch session.
    package struct ForgottenTopic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitions: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name, in: ...12)
            try codec.field("topic_id", &topicID, in: 13...)
            try codec.field("partitions", &partitions)
        }
    }
}

/// Record batches and the bounds of each log.
package struct FetchResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var sessionID: Int32 = 0
    package var responses: [Topic] = []
    package var nodeEndpoints: [NodeEndpoint] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error, in: 7...)
        try codec.field("session_id", &sessionID, in: 7..., else: 0)
        try codec.field("responses", &responses)
        try codec.tagged(0, "node_endpoints", &nodeEndpoints, in: 16..., else: [])
    }

    /// Where a current leader can be reached.
    package typealias NodeEndpoint = ProduceResponse.NodeEndpoint

    /// What was read of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name, in: ...12)
            try codec.field("topic_id", &topicID, in: 13...)
            try codec.field("partitions", &partitions)
        }
    }

    /// What was read of one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var error: KafkaErrorCode = .none
        package var highWatermark: Int64 = 0
        package var lastStableOffset: Int64 = -1
        package var logStartOffset: Int64 = -1
        package var divergingEpoch = DivergingEpoch()
        package var currentLeader = CurrentLeader()
        package var snapshotID = SnapshotID()
        /// Null, like empty, where there are none; only told where the request isolates.
        package var abortedTransactions: [AbortedTransaction]? = []
        /// The broker to ask instead, `-1` for none; ``records`` are then empty.
        package var preferredReadReplica: Int32 = -1
        /// Batches as they lie in the log, a part of the response's buffer.
        ///
        /// Nothing is copied, the buffer lives as long as they do, and indices start where they lie in it, not at 0.
        /// The first batch may begin before the offset asked for, the last may be cut off.
        package var records: ArraySlice<UInt8>?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("error_code", &error)
            try codec.field("high_watermark", &highWatermark)
            try codec.field("last_stable_offset", &lastStableOffset)
            try codec.field("log_start_offset", &logStartOffset, in: 5...)
            try codec.field("aborted_transactions", &abortedTransactions)
            try codec.field("preferred_read_replica", &preferredReadReplica, in: 11..., else: -1)
            try codec.field("records", &records)
            try codec.tagged(0, "diverging_epoch", &divergingEpoch, in: 12..., else: .init())
            try codec.tagged(1, "current_leader", &currentLeader, in: 12..., else: .init())
            try codec.tagged(2, "snapshot_id", &snapshotID, in: 12..., else: .init())
        }
    }

    /// Where the log of the asking replica parted from the leader's.
    package struct DivergingEpoch: WireStruct {
        package var epoch: Int32 = -1
        package var endOffset: Int64 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("epoch", &epoch)
            try codec.field("end_offset", &endOffset)
        }
    }

    /// Who leads now, told with an error that says it is not the broker asked.
    package struct CurrentLeader: WireStruct {
        package var leaderID: Int32 = -1
        package var leaderEpoch: Int32 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("leader_id", &leaderID)
            try codec.field("leader_epoch", &leaderEpoch)
        }
    }

    /// A snapshot to fetch instead; only of the metadata log.
    package struct SnapshotID: WireStruct {
        package var endOffset: Int64 = -1
        package var epoch: Int32 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("end_offset", &endOffset)
            try codec.field("epoch", &epoch)
        }
    }

    /// From this offset on the records of the producer are aborted, until its next marker.
    package struct AbortedTransaction: WireStruct {
        package var producerID: Int64 = 0
        package var firstOffset: Int64 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("producer_id", &producerID)
            try codec.field("first_offset", &firstOffset)
        }
    }
}

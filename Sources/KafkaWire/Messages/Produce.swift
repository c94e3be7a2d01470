/// Appends record batches to partitions, at their leaders.
///
/// Brokers of the 4.x line advertise versions below 3 and refuse them.
package struct ProduceRequest: WireRequest {
    package typealias Response = ProduceResponse
    package static let key = ApiKey.produce
    package static let versions: ClosedRange<Int16> = 3...13
    /// Version 12 within a transaction asks for transactions of version 2, and 13 has topics go by ids; nothing here
    /// needs more than 9.
    package static let spoken: ClosedRange<Int16> = 3...9
    package static let flexible: PartialRangeFrom<Int16>? = 9...

    package var transactionalID: String?
    /// `-1` all in-sync replicas, `1` the leader, `0` nobody: then no response comes.
    package var acks: Int16 = 0
    package var timeoutMs: Int32 = 0
    package var topicData: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("transactional_id", &transactionalID)
        try codec.field("acks", &acks)
        try codec.field("timeout_ms", &timeoutMs)
        try codec.field("topic_data", &topicData)
    }

    /// Batches for one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitionData: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name, in: ...12)
            try codec.field("topic_id", &topicID, in: 13...)
            try codec.field("partition_data", &partitionData)
        }
    }

    /// Batches for one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        /// Exactly one batch.
        package var records: ArraySlice<UInt8>?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("index", &index)
            try codec.field("records", &records)
        }
    }
}

/// Where the batches were appended, or why not.
package struct ProduceResponse: WireStruct {
    package var responses: [Topic] = []
    package var throttleTimeMs: Int32 = 0
    package var nodeEndpoints: [NodeEndpoint] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("responses", &responses)
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.tagged(0, "node_endpoints", &nodeEndpoints, in: 10..., else: [])
    }

    /// Outcome for one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var partitionResponses: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name, in: ...12)
            try codec.field("topic_id", &topicID, in: 13...)
            try codec.field("partition_responses", &partitionResponses)
        }
    }

    /// Outcome for one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var error: KafkaErrorCode = .none
        package var baseOffset: Int64 = 0
        /// `-1` unless the topic stamps records itself.
        package var logAppendTimeMs: Int64 = -1
        package var logStartOffset: Int64 = -1
        package var recordErrors: [RecordError] = []
        package var errorMessage: String?
        package var currentLeader = CurrentLeader()
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("index", &index)
            try codec.field("error_code", &error)
            try codec.field("base_offset", &baseOffset)
            try codec.field("log_append_time_ms", &logAppendTimeMs)
            try codec.field("log_start_offset", &logStartOffset, in: 5...)
            try codec.field("record_errors", &recordErrors, in: 8...)
            try codec.field("error_message", &errorMessage, in: 8...)
            try codec.tagged(0, "current_leader", &currentLeader, in: 10..., else: .init())
        }
    }

    /// A record that made its batch be refused.
    package struct RecordError: WireStruct {
        package var batchIndex: Int32 = 0
        package var batchIndexErrorMessage: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("batch_index", &batchIndex)
            try codec.field("batch_index_error_message", &batchIndexErrorMessage)
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

    /// Where a current leader can be reached.
    package struct NodeEndpoint: WireStruct {
        package var nodeID: Int32 = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("node_id", &nodeID)
            try codec.field("host", &host)
            try codec.field("port", &port)
            try codec.field("rack", &rack)
        }
    }
}

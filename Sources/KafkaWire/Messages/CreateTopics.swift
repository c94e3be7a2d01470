/// Creates topics.
package struct CreateTopicsRequest: WireRequest {
    package typealias Response = CreateTopicsResponse
    package static let key = ApiKey.createTopics
    package static let versions: ClosedRange<Int16> = 2...7
    package static let flexible: PartialRangeFrom<Int16>? = 5...

    package var topics: [Topic] = []
    package var timeoutMs: Int32 = 60000
    package var validateOnly = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("topics", &topics)
        try codec.field("timeout_ms", &timeoutMs)
        try codec.field("validate_only", &validateOnly)
    }

    /// A topic to create.
    package struct Topic: WireStruct {
        package var name = ""
        /// `-1` for the cluster's default (from version 4 on), or where replicas are assigned.
        package var numPartitions: Int32 = 0
        package var replicationFactor: Int16 = 0
        package var assignments: [Assignment] = []
        package var configs: [Config] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("num_partitions", &numPartitions)
            try codec.field("replication_factor", &replicationFactor)
            try codec.field("assignments", &assignments)
            try codec.field("configs", &configs)
        }
    }

    /// The replicas of one partition, where they are not left to the cluster.
    package struct Assignment: WireStruct {
        package var partitionIndex: Int32 = 0
        package var brokerIDs: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &partitionIndex)
            try codec.field("broker_ids", &brokerIDs)
        }
    }

    /// A config of the new topic.
    package struct Config: WireStruct {
        package var name = ""
        package var value: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("value", &value)
        }
    }
}

/// What became of each topic.
package struct CreateTopicsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("topics", &topics)
    }

    /// What became of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var topicID: KafkaUUID = .zero
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        /// Why ``configs`` are not told.
        package var topicConfigError: KafkaErrorCode = .none
        package var numPartitions: Int32 = -1
        package var replicationFactor: Int16 = -1
        package var configs: [Config]? = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("topic_id", &topicID, in: 7...)
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("num_partitions", &numPartitions, in: 5...)
            try codec.field("replication_factor", &replicationFactor, in: 5...)
            try codec.field("configs", &configs, in: 5...)
            try codec.tagged(0, "topic_config_error_code", &topicConfigError, in: 5..., default: .none)
        }
    }

    /// A config the new topic has.
    package struct Config: WireStruct {
        package var name = ""
        package var value: String? = ""
        package var readOnly = false
        package var configSource: Int8 = -1
        package var isSensitive = false
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("value", &value)
            try codec.field("read_only", &readOnly)
            try codec.field("config_source", &configSource)
            try codec.field("is_sensitive", &isSensitive)
        }
    }
}

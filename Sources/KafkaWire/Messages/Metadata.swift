/// Asks any broker for brokers, topics and leaders.
package struct MetadataRequest: WireRequest {
    package typealias Response = MetadataResponse
    package static let key = ApiKey.metadata
    package static let versions: ClosedRange<Int16> = 4...13
    /// Version 13 has a word for clients that know how to begin anew.
    package static let spoken: ClosedRange<Int16> = 4...12
    package static let flexible: PartialRangeFrom<Int16>? = 9...

    /// Null asks for all topics, empty for none.
    package var topics: [Topic]? = []
    /// Kafka's default, which lets a question create a topic: set it to false.
    package var allowAutoTopicCreation = true
    package var includeClusterAuthorizedOperations = false
    package var includeTopicAuthorizedOperations = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("topics", &topics)
        try codec.field("allow_auto_topic_creation", &allowAutoTopicCreation)
        try codec.field(
            "include_cluster_authorized_operations", &includeClusterAuthorizedOperations, in: 8...10, else: false)
        try codec.field(
            "include_topic_authorized_operations", &includeTopicAuthorizedOperations, in: 8..., else: false)
    }

    /// A topic by name or, from version 12 on, by id.
    package struct Topic: WireStruct {
        package var topicID: KafkaUUID = .zero
        package var name: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic_id", &topicID, in: 10...)
            try codec.field("name", &name, nullIn: 10...)
        }
    }
}

/// What the asked broker knows of the cluster.
///
/// The controller is a random live broker where the cluster runs KRaft. Topics the principal may not describe are left
/// out, with no error, where all were asked for.
package struct MetadataResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var brokers: [Broker] = []
    package var clusterID: String?
    package var controllerID: Int32 = -1
    package var topics: [Topic] = []
    /// A bit for each operation; the least int32 where they were not asked for.
    package var clusterAuthorizedOperations: Int32 = .min
    package var error: KafkaErrorCode = .none
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("brokers", &brokers)
        try codec.field("cluster_id", &clusterID)
        try codec.field("controller_id", &controllerID)
        try codec.field("topics", &topics)
        try codec.field("cluster_authorized_operations", &clusterAuthorizedOperations, in: 8...10, else: .min)
        try codec.field("error_code", &error, in: 13...)
    }

    /// A broker and the address it advertises.
    package struct Broker: WireStruct {
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

    /// One topic, or why it cannot be described.
    package struct Topic: WireStruct {
        package var error: KafkaErrorCode = .none
        package var name: String? = ""
        package var topicID: KafkaUUID = .zero
        package var isInternal = false
        package var partitions: [Partition] = []
        /// A bit for each operation; the least int32 where they were not asked for.
        package var topicAuthorizedOperations: Int32 = .min
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("name", &name, nullIn: 12...)
            try codec.field("topic_id", &topicID, in: 10...)
            try codec.field("is_internal", &isInternal)
            try codec.field("partitions", &partitions)
            try codec.field("topic_authorized_operations", &topicAuthorizedOperations, in: 8..., else: .min)
        }
    }

    /// Leader and replicas of one partition.
    package struct Partition: WireStruct {
        package var error: KafkaErrorCode = .none
        package var index: Int32 = 0
        package var leaderID: Int32 = 0
        package var leaderEpoch: Int32 = -1
        package var replicaNodes: [Int32] = []
        package var isrNodes: [Int32] = []
        package var offlineReplicas: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("partition_index", &index)
            try codec.field("leader_id", &leaderID)
            try codec.field("leader_epoch", &leaderEpoch, in: 7...)
            try codec.field("replica_nodes", &replicaNodes)
            try codec.field("isr_nodes", &isrNodes)
            try codec.field("offline_replicas", &offlineReplicas, in: 5...)
        }
    }
}

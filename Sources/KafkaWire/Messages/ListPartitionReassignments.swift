/// Asks the controller for reassignments that have not finished.
package struct ListPartitionReassignmentsRequest: WireRequest {
    package typealias Response = ListPartitionReassignmentsResponse
    package static let key = ApiKey.listPartitionReassignments
    package static let versions: ClosedRange<Int16> = 0...0
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    package var timeoutMs: Int32 = 60000
    /// Null asks for all.
    package var topics: [Topic]?
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("timeout_ms", &timeoutMs)
        try codec.field("topics", &topics)
    }

    /// Partitions of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitionIndexes: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("partition_indexes", &partitionIndexes)
        }
    }
}

/// Reassignments; one is in flight where replicas are being added or removed.
package struct ListPartitionReassignmentsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var errorMessage: String? = ""
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("error_message", &errorMessage)
        try codec.field("topics", &topics)
    }

    /// Reassignments of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("partitions", &partitions)
        }
    }

    /// The reassignment of one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var replicas: [Int32] = []
        package var addingReplicas: [Int32] = []
        package var removingReplicas: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("replicas", &replicas)
            try codec.field("adding_replicas", &addingReplicas)
            try codec.field("removing_replicas", &removingReplicas)
        }
    }
}

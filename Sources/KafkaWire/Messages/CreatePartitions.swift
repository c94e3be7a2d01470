/// Gives topics more partitions.
package struct CreatePartitionsRequest: WireRequest {
    package typealias Response = CreatePartitionsResponse
    package static let key = ApiKey.createPartitions
    package static let versions: ClosedRange<Int16> = 0...3
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var topics: [Topic] = []
    package var timeoutMs: Int32 = 0
    package var validateOnly = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("topics", &topics)
        try codec.field("timeout_ms", &timeoutMs)
        try codec.field("validate_only", &validateOnly)
    }

    /// A topic and how many partitions it is to have.
    package struct Topic: WireStruct {
        package var name = ""
        package var count: Int32 = 0
        /// The replicas of each new partition; null leaves them to the cluster.
        package var assignments: [Assignment]? = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("count", &count)
            try codec.field("assignments", &assignments)
        }
    }

    /// The replicas of one new partition.
    package struct Assignment: WireStruct {
        package var brokerIDs: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("broker_ids", &brokerIDs)
        }
    }
}

/// What became of each topic.
package struct CreatePartitionsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var results: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("results", &results)
    }

    /// What became of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var error: KafkaErrorCode = .none
        package var errorMessage: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
        }
    }
}

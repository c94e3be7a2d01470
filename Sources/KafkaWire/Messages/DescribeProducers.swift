/// Asks partition leaders for the producers that have written.
package struct DescribeProducersRequest: WireRequest {
    package typealias Response = DescribeProducersResponse
    package static let key = ApiKey.describeProducers
    package static let versions: ClosedRange<Int16> = 0...0
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
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

/// Active producers by partition.
package struct DescribeProducersResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("topics", &topics)
    }

    /// Producers of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("partitions", &partitions)
        }
    }

    /// Producers of one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var error: KafkaErrorCode = .none
        package var errorMessage: String?
        package var activeProducers: [Producer] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("active_producers", &activeProducers)
        }
    }

    /// What a leader remembers of one producer.
    package struct Producer: WireStruct {
        package var producerID: Int64 = 0
        /// An int32 here, an int16 everywhere else.
        package var producerEpoch: Int32 = 0
        package var lastSequence: Int32 = -1
        package var lastTimestamp: Int64 = -1
        package var coordinatorEpoch: Int32 = 0
        /// `-1` where no transaction is open.
        package var currentTxnStartOffset: Int64 = -1
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("producer_id", &producerID)
            try codec.field("producer_epoch", &producerEpoch)
            try codec.field("last_sequence", &lastSequence)
            try codec.field("last_timestamp", &lastTimestamp)
            try codec.field("coordinator_epoch", &coordinatorEpoch)
            try codec.field("current_txn_start_offset", &currentTxnStartOffset)
        }
    }
}

/// Announces the partitions that a transaction is about to write to.
///
/// Versions above 3 are spoken between brokers.
package struct AddPartitionsToTxnRequest: WireRequest {
    package typealias Response = AddPartitionsToTxnResponse
    package static let key = ApiKey.addPartitionsToTxn
    package static let versions: ClosedRange<Int16> = 0...3
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    package var transactionalID = ""
    package var producerID: Int64 = 0
    package var producerEpoch: Int16 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("v3_and_below_transactional_id", &transactionalID)
        try codec.field("v3_and_below_producer_id", &producerID)
        try codec.field("v3_and_below_producer_epoch", &producerEpoch)
        try codec.field("v3_and_below_topics", &topics)
    }

    /// Partitions of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("partitions", &partitions)
        }
    }
}

/// Whether each partition belongs to the transaction now.
package struct AddPartitionsToTxnResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("results_by_topic_v3_and_below", &topics)
    }

    /// Outcome for one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("results_by_partition", &partitions)
        }
    }

    /// Outcome for one partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("partition_error_code", &error)
        }
    }
}

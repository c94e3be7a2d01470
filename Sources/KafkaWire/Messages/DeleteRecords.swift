/// Deletes the records of partitions before an offset, at their leaders.
package struct DeleteRecordsRequest: WireRequest {
    package typealias Response = DeleteRecordsResponse
    package static let key = ApiKey.deleteRecords
    package static let versions: ClosedRange<Int16> = 1...2
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var topics: [Topic] = []
    package var timeoutMs: Int32 = 0
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("topics", &topics)
        try codec.field("timeout_ms", &timeoutMs)
    }

    /// Partitions of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("partitions", &partitions)
        }
    }

    /// The first offset of one partition to keep; `-1` keeps none.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package var offset: Int64 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("offset", &offset)
        }
    }
}

/// Where each log now starts.
package struct DeleteRecordsResponse: WireStruct {
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
        package var lowWatermark: Int64 = 0
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("low_watermark", &lowWatermark)
            try codec.field("error_code", &error)
        }
    }
}

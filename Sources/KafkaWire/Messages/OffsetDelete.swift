/// Deletes committed offsets of a group, at its coordinator.
package struct OffsetDeleteRequest: WireRequest {
    package typealias Response = OffsetDeleteResponse
    package static let key = ApiKey.offsetDelete
    package static let versions: ClosedRange<Int16> = 0...0
    package static let flexible: PartialRangeFrom<Int16>? = nil

    package var groupID = ""
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("group_id", &groupID)
        try codec.field("topics", &topics)
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

    /// One partition.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
        }
    }
}

/// What became of each offset.
///
/// Here the error comes before the throttle time.
package struct OffsetDeleteResponse: WireStruct {
    package var error: KafkaErrorCode = .none
    package var throttleTimeMs: Int32 = 0
    package var topics: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("error_code", &error)
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
        package var error: KafkaErrorCode = .none
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("error_code", &error)
        }
    }
}

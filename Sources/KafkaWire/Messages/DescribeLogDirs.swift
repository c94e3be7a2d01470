/// Asks a broker for its log directories: every broker must be asked.
package struct DescribeLogDirsRequest: WireRequest {
    package typealias Response = DescribeLogDirsResponse
    package static let key = ApiKey.describeLogDirs
    package static let versions: ClosedRange<Int16> = 1...5
    package static let spoken: ClosedRange<Int16> = 1...4
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    /// Null asks for all.
    package var topics: [Topic]? = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("topics", &topics)
    }

    /// Partitions of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name)
            try codec.field("partitions", &partitions)
        }
    }
}

/// Log directories of one broker, with the size of each replica.
///
/// Up to version 2 a principal without authority gets an empty list, with no error.
package struct DescribeLogDirsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var results: [LogDir] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error, in: 3...)
        try codec.field("results", &results)
    }

    /// One log directory.
    package struct LogDir: WireStruct {
        package var error: KafkaErrorCode = .none
        package var logDir = ""
        package var topics: [Topic] = []
        package var totalBytes: Int64 = -1
        package var usableBytes: Int64 = -1
        /// Whether it is closed to new replicas.
        package var isCordoned = false
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("log_dir", &logDir)
            try codec.field("topics", &topics)
            try codec.field("total_bytes", &totalBytes, in: 4...)
            try codec.field("usable_bytes", &usableBytes, in: 4...)
            try codec.field("is_cordoned", &isCordoned, in: 5...)
        }
    }

    /// Replicas of one topic.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Partition] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("partitions", &partitions)
        }
    }

    /// One replica in one directory.
    package struct Partition: WireStruct {
        package var index: Int32 = 0
        /// Bytes on this disk, without the tiered ones.
        package var partitionSize: Int64 = 0
        /// Records this replica is behind the high watermark.
        package var offsetLag: Int64 = 0
        package var isFutureKey = false
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("partition_index", &index)
            try codec.field("partition_size", &partitionSize)
            try codec.field("offset_lag", &offsetLag)
            try codec.field("is_future_key", &isFutureKey)
        }
    }
}

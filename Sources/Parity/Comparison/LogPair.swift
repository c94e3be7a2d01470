package import KafkaClient
package import KafkaRecords
package import KafkaWire

/// Two partitions that shall hold the same records.
package struct LogPair: Hashable, Sendable {
    package var source: TopicPartition
    package var target: TopicPartition

    package init(source: TopicPartition, target: TopicPartition) {
        self.source = source
        self.target = target
    }
}

/// What of two partitions is compared.
package struct ComparisonScope: Sendable {
    /// The first offset of the source that counts; nil: the start of its log.
    package var from: Int64?
    /// Where to stop in the source, itself not included; nil: its last stable offset when the comparison began.
    package var to: Int64?
    /// Nil: all of the logs.
    package var range: PairRange?
    package var ignoredHeaders: Set<[UInt8]> = []
    package var comparesTimestamps = true
    package var isolation = IsolationLevel.readCommitted

    package init() {}

    func policy(includesTimestamps: Bool) -> DigestPolicy {
        DigestPolicy(includesTimestamps: includesTimestamps && comparesTimestamps, ignoredHeaders: ignoredHeaders)
    }
}

/// Two partitions, compared.
package struct PartitionComparison: Sendable {
    package enum Method: String, Sendable {
        /// Batches by where they are and their checksums; nothing was decompressed.
        case batches
        /// Records by their digests.
        case records
        /// The latest record of each key.
        case latest
        /// Some records, drawn by lot.
        case sample
    }

    /// A partition as it was read.
    package struct Side: Hashable, Sendable {
        package var start: Int64
        /// Where reading stopped.
        package var end: Int64
        /// Data records between the two.
        package var records: Int64 = 0
        package var bytes: Int64 = 0
    }

    /// Which records were drawn by lot.
    package struct Sample: Hashable, Sendable {
        package var drawn: Int
        package var seed: UInt64
        /// Offsets around which a part of them was drawn.
        package var centres: Int
    }

    package let pair: LogPair
    package var sample: Sample?
    package var method = Method.records
    /// Why that method.
    package var reason = ""
    package var comparesTimestamps = true
    /// Why timestamps are not compared.
    package var timestampReason: String?
    package var source: Side?
    package var target: Side?
    /// Where the logs were cut, for a range of them.
    package var cut: (source: Range<Int64>, target: Range<Int64>)?
    /// The ids that the topics had all the while; zero where a cluster has none.
    package var topicIDs: [KafkaUUID] = []
    /// The bytes of both logs, hashed, where they are copies batch for batch.
    package var chunks: [ChunkPair] = []
    /// What was found, as far as the logs could be read; nil where nothing is known.
    package var result: ComparisonResult?
    package var error: KafkaError?

    package init(_ pair: LogPair) {
        self.pair = pair
    }
}

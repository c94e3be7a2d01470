package import KafkaClient
import KafkaRecords
package import KafkaWire

/// What a scripted cluster holds; the standard answers, which tests falsify, are read off it.
///
/// It is as little as that takes: whatever Kafka does is the embedded brokers' matter.
package struct ClusterModel: Sendable {
    package var topics: [String: Topic] = [:]
    package var groups: [String: Group] = [:]
    /// Versions that the brokers advertise, where they are not those this client's codec knows.
    package var versions: [ApiKey: ClosedRange<Int16>] = [:]
    /// Not empty: clients must log in by one of these mechanisms, PLAIN with a password of ``passwords``.
    package var mechanisms: [String] = []
    package var passwords: [String: String] = [:]
    package var sessionLifetimeMs: Int64 = 0

    package init() {}

    /// Its partitions are led by broker 0.
    package struct Topic: Sendable {
        package var partitions: [Partition]
        package init(_ partitions: [Partition]) { self.partitions = partitions }
        /// `count` empty partitions.
        package init(partitions count: Int) { partitions = (0..<count).map { _ in Partition() } }
    }

    package struct Partition: Sendable {
        package var start: Int64 = 0
        package var end: Int64 = 0
        /// The last stable offset, where it is not the end.
        package var stable: Int64?
        /// Batches, one after the other, as they lie in the log.
        package var records: [UInt8] = []
        package init(end: Int64 = 0) { self.end = end }
        /// A log of these batches, which ends where the last of them does.
        package init(batches: [[UInt8]]) throws {
            records = batches.flatMap { $0 }
            var cursor = BatchCursor(records[...])
            while let batch = try cursor.next() { end = batch.nextOffset }
        }
    }

    /// A group that broker 0 coordinates.
    package struct Group: Sendable {
        package var commits: [TopicPartition: Int64] = [:]
        package init() {}
    }
}

package import KafkaClient
package import KafkaRecords
package import KafkaWire

/// What a scripted cluster holds; the standard answers are read off it.
package struct ClusterModel: Sendable {
    package var clusterID: String? = "scripted-cluster"
    package var controller: Int32 = 0
    package var brokers: [Int32: Broker] = [:]
    package var topics: [String: Topic] = [:]
    package var groups: [String: Group] = [:]
    /// Versions that every broker advertises, where they are not those this client's codec knows; nil leaves an API out.
    package var versions: [ApiKey: ClosedRange<Int16>?] = [:]
    package var features: [String: Int16] = [:]
    package var authorizedOperations: Int32 = .min
    /// Not empty: clients must log in by one of these mechanisms, PLAIN with a password of ``passwords``.
    package var mechanisms: [String] = []
    package var passwords: [String: String] = [:]
    package var sessionLifetimeMs: Int64 = 0

    package init() {}

    package struct Broker: Sendable {
        package var rack: String?
        /// Where metadata says it is, where that is not where it listens.
        package var advertised: HostPort?
        /// As ``ClusterModel/versions``, for this broker alone.
        package var versions: [ApiKey: ClosedRange<Int16>?] = [:]
        package var configs: [String: String] = [:]
        package init() {}
    }

    package struct Topic: Sendable {
        package var id: KafkaUUID = .zero
        package var error: KafkaErrorCode = .none
        package var isInternal = false
        package var partitions: [Partition]
        package var configs: [String: String] = [:]
        package var authorizedOperations: Int32 = .min
        package init(_ partitions: [Partition]) { self.partitions = partitions }
        /// `count` empty partitions, led by broker 0.
        package init(partitions count: Int) { partitions = (0..<count).map { _ in Partition() } }
    }

    package struct Partition: Sendable {
        /// -1: none.
        package var leader: Int32 = 0
        package var leaderEpoch: Int32 = 0
        package var start: Int64 = 0
        package var end: Int64 = 0
        /// The last stable offset, where it is not the end.
        package var stable: Int64?
        /// Batches, one after the other, as they lie in the log.
        package var records: [UInt8] = []
        package var abortedTransactions: [AbortedTransaction] = []
        package init(start: Int64 = 0, end: Int64 = 0, leader: Int32 = 0) {
            self.start = start
            self.end = end
            self.leader = leader
        }
        /// A log of these batches, which ends where the last of them does.
        package init(batches: [[UInt8]], leader: Int32 = 0) throws {
            self.leader = leader
            records = batches.flatMap { $0 }
            var cursor = BatchCursor(records[...])
            var isFirst = true
            while let batch = try cursor.next() {
                if isFirst { start = batch.baseOffset ?? 0 }
                isFirst = false
                end = batch.nextOffset
            }
        }
    }

    package struct Group: Sendable {
        /// `classic`, `consumer`, `share`, `streams`.
        package var type = "classic"
        package var state = "Empty"
        package var protocolType = "consumer"
        /// The broker that coordinates it.
        package var coordinator: Int32 = 0
        package var members: [Member] = []
        package var commits: [TopicPartition: Int64] = [:]
        /// Partitions with a transactional commit still open.
        package var unstable: Set<TopicPartition> = []
        package var configs: [String: String] = [:]
        package init() {}
    }

    package struct Member: Sendable {
        package var id: String
        package var clientID = "client"
        package var host = "/127.0.0.1"
        package var assignments: [TopicPartition] = []
        package init(_ id: String) { self.id = id }
    }
}

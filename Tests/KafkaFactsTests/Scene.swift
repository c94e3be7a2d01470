import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import ScriptedBroker
import Transport

/// The clusters of these tests, mostly with one topic, `log`, of one partition.
enum Scene {
    static let log = TopicPartition("log", 0)

    static var context: CallContext { EmbeddedScene.context }

    /// An embedded cluster whose `log` is there already when `world` makes the rest.
    static func with(
        _ profile: BrokerProfile = .kafka4, world: (inout ClusterState) throws -> Void = { _ in },
        _ body: @Sendable (EmbeddedScene) async throws -> Void
    ) async throws {
        try await EmbeddedScene.with(profile) { state in
            state.createTopic("log")
            try world(&state)
        } _: {
            try await body($0)
        }
    }

    /// Scripted brokers, for answers that none of Kafka gives.
    static func scripted(
        _ model: ClusterModel, _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        try await ScriptedCluster.with(model) { cluster in
            try await cluster.withClient { try await body(cluster, $0) }
        }
    }
}

/// `count` records whose keys are theirs alone, a millisecond apart.
func records(_ count: Int, size: Int = 10, key: String = "k", at timestamp: Int64 = 1000) -> [NewRecord] {
    (0..<count).map { index in
        NewRecord(
            key: Array("\(key)\(index)".utf8), value: [UInt8](repeating: 7, count: size),
            timestamp: timestamp + Int64(index))
    }
}

extension ClusterState {
    /// Writes records in a transaction on `log` alone.
    mutating func transact(_ id: String, _ end: TransactionEnd, _ count: Int) throws {
        try transaction(id, end, [("log", 0, records(count))])
    }
}

/// The error that `body` ends with, if any.
func failure<T>(_ body: () async throws -> T) async -> KafkaError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? KafkaError
    }
}

import KafkaClient
import ScriptedBroker
import Testing
import Transport

/// A scripted cluster and a client of it.
enum Scene {
    static func with(
        brokers: Int = 1, _ model: ClusterModel = ClusterModel(),
        _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        try await ScriptedCluster.with(brokers: brokers, model) { cluster in
            try await cluster.withClient { try await body(cluster, $0) }
        }
    }

    /// One topic, `log`, of one partition with these batches.
    static func with(
        log: LogBuilder, stable: Int64? = nil, end: Int64? = nil, start: Int64? = nil,
        _ change: (inout ClusterModel.Partition) -> Void = { _ in },
        _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        var partition = try ClusterModel.Partition(batches: log.batches)
        partition.stable = stable
        partition.end = end ?? log.next
        partition.start = start ?? partition.start
        change(&partition)
        var model = ClusterModel()
        model.topics["log"] = .init([partition])
        try await with(model, body)
    }

    static let log = TopicPartition("log", 0)

    static var context: CallContext { .within(.seconds(60)) }
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

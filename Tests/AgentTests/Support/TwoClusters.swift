import Agent
import KafkaClient
import KafkaRecords
import ScriptedBroker

/// A source and a target of this process.
struct TwoClusters: Sendable {
    let source: ScriptedCluster
    let target: ScriptedCluster

    /// Runs `body` with two clusters, which are gone when it returns.
    static func with<R: Sendable>(
        source: ClusterModel = ClusterModel(), target: ClusterModel = ClusterModel(),
        _ body: @Sendable (TwoClusters) async throws -> R
    ) async throws -> R {
        var (source, target) = (source, target)
        source.clusterID = source.clusterID ?? "source-id"
        if target.clusterID == source.clusterID { target.clusterID = "target-id" }
        let (first, second) = (source, target)
        return try await ScriptedCluster.with(first) { source in
            try await ScriptedCluster.with(second) { target in
                try await body(TwoClusters(source: source, target: target))
            }
        }
    }

    func address(_ request: inout RunRequest) {
        request.source.bootstrap = source.addresses
        request.target.bootstrap = target.addresses
    }

    /// Runs one gate on both.
    func run(
        _ body: String, keys: String = "clusters = { 'source', 'target' },", recorder: Recorder = Recorder(),
        interruption: Interruption = Interruption(), _ change: (inout RunRequest) -> Void = { _ in }
    ) async throws -> Trial {
        try await Trial.run(
            files: ["./gates/g.lua": Trial.gate("g", body, keys: keys)], words: ["g"], interruption: interruption,
            recorder: recorder
        ) {
            address(&$0)
            change(&$0)
        }
    }
}

extension ScriptedCluster {
    var addresses: String { bootstrap.map { "\($0)" }.joined(separator: ",") }
}

extension ClusterModel {
    /// Partitions of one topic that begin at 0 and end where told.
    static func topic(_ name: String, ends: [Int64]) -> ClusterModel {
        var model = ClusterModel()
        model.topics[name] = Topic(ends.map { Partition(end: $0) })
        return model
    }
}

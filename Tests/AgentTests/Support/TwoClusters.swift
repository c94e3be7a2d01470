import Agent
import EmbeddedClusters
import EmbeddedKafka
import Evidence
import KafkaClient
import Transport

/// A source and a target of this process, and the time of the runs on them.
///
/// The source has one broker, at `source-1:9092`, the target one at `target-1:9092`.
struct TwoClusters: Sendable {
    typealias Build = @Sendable (inout ClusterState) throws -> Void

    let source: ServedCluster
    let target: ServedCluster
    let clock = VirtualClock()

    /// Runs `body` with two clusters, which are gone when it returns.
    static func with<R: Sendable>(
        source: Build = { _ in }, target: Build = { _ in }, _ body: @Sendable (TwoClusters) async throws -> R
    ) async throws -> R {
        var states = [ClusterState.empty(.kafka4, "source"), .empty(.kafka4, "target")]
        try source(&states[0])
        try target(&states[1])
        return try await ServedCluster.with(states) { served in
            let clusters = TwoClusters(source: served[0], target: served[1])
            defer { clusters.clock.removeEvents() }
            return try await body(clusters)
        }
    }

    func address(_ request: inout RunRequest) {
        request.source.bootstrap = source.addresses
        request.target.bootstrap = target.addresses
    }

    /// Puts the run into the world of these clusters: bytes go through memory, waits on purpose end at once.
    func take(_ environment: inout AgentEnvironment) {
        let network = MemoryNetwork([source, target])
        environment.dialer = { _ in network }
        environment.time = clock.passage
        environment.clock = EvidenceClock { [clock] in
            let passed = clock.passed.microseconds
            return .init(wallUs: 1_700_000_000_000_000 + passed, monotonicUs: passed)
        }
    }

    /// Runs one gate on both.
    func run(
        _ body: String, keys: String = "clusters = { 'source', 'target' },", recorder: Recorder = Recorder(),
        interruption: Interruption = Interruption(), _ change: (inout RunRequest) -> Void = { _ in }
    ) async throws -> Trial {
        try await run(
            files: ["./gates/g.lua": Trial.gate("g", body, keys: keys)], words: ["g"], interruption: interruption,
            recorder: recorder, change)
    }

    /// Runs gates given as files.
    func run(
        files: [String: String], words: [String], interruption: Interruption = Interruption(),
        recorder: Recorder = Recorder(), _ change: (inout RunRequest) -> Void = { _ in }
    ) async throws -> Trial {
        try await Trial.run(
            files: files, words: words, interruption: interruption, recorder: recorder, on: self
        ) {
            address(&$0)
            change(&$0)
        }
    }
}

extension ServedCluster {
    var addresses: String { bootstrap.map { "\($0)" }.joined(separator: ",") }
}

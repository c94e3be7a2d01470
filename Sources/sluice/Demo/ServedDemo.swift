import Agent
import EmbeddedKafka
import Evidence
import Transport

extension DemoClusters {
    /// Clusters that answer, over loopback, for the time of `body`.
    static func served<R: Sendable>(
        _ fault: DemoFault?, clock: EvidenceClock, _ body: (DemoClusters) async -> Result<R, AgentError>
    ) async -> Result<R, AgentError> {
        let reactor: Reactor
        do {
            reactor = try Reactor()
        } catch {
            return .failure(AgentError(.software, "the system gives no thread or pipe (errno \(error.number))"))
        }
        defer { reactor.stop() }
        var random = SystemRandomNumberGenerator()
        let clusters: DemoClusters
        do {
            clusters = try DemoClusters(fault, reactor: reactor, clock: { clock.now().wallUs / 1000 }, using: &random)
        } catch {
            return .failure(AgentError(.software, "the clusters of the demo cannot be made: \(error)"))
        }
        return await withTaskGroup(of: Void.self) { group in
            for cluster in [clusters.source, clusters.target] { group.addTask { await cluster.serve() } }
            defer {
                clusters.source.close()
                clusters.target.close()
                group.cancelAll()
            }
            return await body(clusters)
        }
    }

    /// Clusters as they are once the source is frozen and the replicator has copied all.
    mutating func cutOver() throws(AgentError) {
        do {
            try stopClients()
            try drain()
        } catch {
            throw AgentError(.software, "the clusters of the demo cannot go on: \(error)")
        }
    }
}

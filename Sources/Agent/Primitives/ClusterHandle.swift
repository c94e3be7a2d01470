import Gate
import KafkaClient

/// A cluster as one principal of the run sees it.
struct ClusterHandle: Sendable {
    let side: ClusterSide
    /// The principal acted as; nil for the run's own configuration.
    let principal: String?
    let cluster: KafkaCluster
    let config: ClientConfig
    let connector: Connector
    /// The same cluster as the run itself sees it, where this is a principal's view.
    let own: KafkaCluster?

    /// The brokers that the cluster advertises, told to this principal or, where it is not let in, to the run.
    func advertised(_ context: CallContext) async throws(KafkaError) -> ClusterMetadata {
        do throws(KafkaError) {
            return try await cluster.metadata(of: [], maxAge: .zero, context)
        } catch {
            guard let own else { throw error }
            return try await own.metadata(of: [], maxAge: .zero, context)
        }
    }
}

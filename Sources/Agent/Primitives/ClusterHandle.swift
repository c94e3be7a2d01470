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
    /// The same cluster as the run itself sees it, where this is a principal's view through the same listener: another
    /// listener advertises other addresses.
    let own: KafkaCluster?

    /// The brokers that the cluster advertises.
    ///
    /// The run is told rather than the principal where it can be: a principal that is only asked for the list would
    /// spend an attempt on a password that may be wrong.
    func advertised(_ context: CallContext) async throws(KafkaError) -> ClusterMetadata {
        if let own {
            do throws(KafkaError) {
                return try await own.metadata(of: [], maxAge: .zero, context)
            } catch {
                // Where the run is not let in, the principal may be.
            }
        }
        return try await cluster.metadata(of: [], maxAge: .zero, context)
    }
}

import EmbeddedKafka
import Gate
import Guarding
import KafkaClient
import Transport

/// The way from clients to the clusters of a world, in memory: the names that they advertise resolve here and nowhere
/// else.
struct WorldNetwork: Dialer {
    /// Who listens at an address.
    private struct Place: Sendable {
        let side: ClusterSide
        let broker: Int32
        let listener: Listener
    }

    private let clusters: [ClusterSide: EmbeddedCluster]
    private let places: [HostPort: Place]
    private let unreachable: Blocked

    /// Brokers that cannot be reached, which events may change.
    final class Blocked: Sendable {
        private let brokers: Guarded<[ClusterSide: Set<Int32>]>

        init(_ brokers: [ClusterSide: Set<Int32>]) { self.brokers = Guarded(brokers) }

        subscript(side: ClusterSide) -> Set<Int32> { brokers.withLock { $0[side] ?? [] } }

        func set(_ side: ClusterSide, _ blocked: Set<Int32>) { brokers.withLock { $0[side] = blocked } }
    }

    init(_ clusters: [ClusterSide: EmbeddedCluster], unreachable: Blocked) {
        self.clusters = clusters
        self.unreachable = unreachable
        var places: [HostPort: Place] = [:]
        for (side, cluster) in clusters {
            for broker in cluster.read({ $0.brokers }) {
                for (listener, endpoint) in broker.endpoints {
                    places[HostPort(host: endpoint.host, port: endpoint.port)] = Place(
                        side: side, broker: broker.id, listener: listener)
                }
            }
        }
        self.places = places
    }

    func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled {
        let peer = "\(address)"
        guard let place = places[address], let cluster = clusters[place.side] else {
            return Dialled(stream: .failure(TransportError(.unresolved("no such host in this world"), peer: peer)))
        }
        let isDown = cluster.read { state in state.brokers.contains { $0.id == place.broker && $0.isDown } }
        guard !isDown, !unreachable[place.side].contains(place.broker) else {
            return Dialled(
                stream: .failure(TransportError(.refused, peer: peer)),
                attempts: [DialAttempt(address: peer, failure: .refused)])
        }
        return Dialled(
            stream: .success(cluster.connect(to: place.broker, place.listener)),
            attempts: [DialAttempt(address: peer, failure: nil)])
    }
}

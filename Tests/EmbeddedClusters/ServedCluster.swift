package import EmbeddedKafka
import Guarding
package import KafkaClient
import Transport

/// An embedded cluster that serves clients through memory and writes down what they ask.
///
/// Its brokers are reached at `ID-1:9092`, `ID-2:9092` and so on, ID being that of the cluster.
package final class ServedCluster: Sendable {
    package let cluster: EmbeddedCluster
    let reactor: Reactor
    /// What brokers are reached at, whatever they advertise.
    private let addresses: Guarded<[HostPort: Int32]>
    private let cutOff = Guarded<Set<Int32>>([])
    let log = RequestLog()

    private init(_ state: ClusterState, reactor: Reactor) {
        var state = state
        var addresses: [HostPort: Int32] = [:]
        for index in state.brokers.indices {
            let address = HostPort(host: "\(state.clusterID)-\(state.brokers[index].id)", port: 9092)
            addresses[address] = state.brokers[index].id
            state.brokers[index].endpoints[.plaintext] = .init(host: address.host, port: address.port)
        }
        self.addresses = Guarded(addresses)
        self.reactor = reactor
        cluster = EmbeddedCluster(state, reactor: reactor)
    }

    /// Runs `body` with clusters in these states, which are gone when it returns.
    package static func with<R: Sendable>(
        _ states: [ClusterState], _ body: @Sendable ([ServedCluster]) async throws -> R
    ) async throws -> R {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let served = states.map { ServedCluster($0, reactor: reactor) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for one in served { group.addTask { await one.cluster.serve() } }
            defer {
                for one in served {
                    one.cluster.close()
                    // Those that are left may hold the cluster.
                    one.cluster.faults.removeAll()
                }
            }
            return try await body(served)
        }
    }

    /// Runs `body` with one empty cluster of brokers 1 to `brokers`.
    package static func with<R: Sendable>(
        _ profile: BrokerProfile = .kafka4, brokers: Int = 1, _ body: @Sendable (ServedCluster) async throws -> R
    ) async throws -> R {
        try await with([.empty(profile, brokers: brokers)]) { try await body($0[0]) }
    }

    // MARK: The world

    package var faults: FaultPlan { cluster.faults }

    @discardableResult
    package func change<R: Sendable>(_ body: (inout ClusterState) throws -> R) rethrows -> R {
        try cluster.change(body)
    }

    package var bootstrap: [HostPort] { addresses.withLock { $0.sorted { $0.value < $1.value }.map(\.key) } }

    /// Cuts a broker off from its clients, though the cluster still advertises it.
    package func cutOff(_ broker: Int32) {
        cutOff.withLock { _ = $0.insert(broker) }
        cluster.disconnectClients(of: broker)
    }

    /// Starts a broker at another address, which it then advertises.
    package func move(_ broker: Int32, to address: HostPort) {
        addresses.withLock { addresses in
            addresses = addresses.filter { $0.value != broker }
            addresses[address] = broker
        }
        change { $0.advertise(broker, at: address) }
        cluster.disconnectClients(of: broker)
    }

    /// The broker that listens at an address; nil where it refuses.
    func listener(at address: HostPort) -> (broker: Int32, isReached: Bool)? {
        guard let broker = addresses.withLock({ $0[address] }) else { return nil }
        let isDown = cluster.read { $0.brokers.first { $0.id == broker }?.isDown ?? true }
        return (broker, !isDown && !cutOff.withLock { $0.contains(broker) })
    }
}

extension ClusterState {
    /// A cluster without topics.
    package static func empty(
        _ profile: BrokerProfile = .kafka4, _ id: String = "embedded", brokers: Int = 1
    ) -> ClusterState {
        ClusterState(profile: profile, clusterID: id, brokers: brokers, nowMs: 1_700_000_000_000)
    }

    /// Tells clients another address of a broker.
    package mutating func advertise(_ broker: Int32, at address: HostPort) {
        guard let index = brokers.firstIndex(where: { $0.id == broker }) else { return }
        brokers[index].endpoints[.plaintext] = .init(host: address.host, port: address.port)
    }

    /// A topic with a partition for each of `ends`, which has so many records.
    package mutating func createTopic(_ name: String, ends: [Int64]) throws {
        createTopic(name, partitions: ends.count)
        // A log is a value: it is written once for all partitions that are to hold the same.
        var logs: [Int64: PartitionLog] = [:]
        for (index, end) in ends.enumerated() where end > 0 {
            if logs[end] == nil {
                try append((0..<end).map { NewRecord("key-\($0)", "value") }, to: name, Int32(index))
                logs[end] = log(of: name, Int32(index))
            }
            if let log = logs[end] { topics[Name(name)]?.partitions[index].log = log }
        }
    }
}

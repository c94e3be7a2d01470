package import EmbeddedKafka
package import KafkaClient
package import KafkaWire
import Transport

/// An embedded cluster and a client of it.
package struct EmbeddedScene: Sendable {
    package let served: ServedCluster
    package let client: KafkaCluster

    package var cluster: EmbeddedCluster { served.cluster }

    /// Runs `body` with a cluster in which `world` has come about, and a client of it; both are gone when it returns.
    ///
    /// The cluster's time stands still unless the test moves it.
    package static func with<R: Sendable>(
        _ profile: BrokerProfile = .kafka4, brokers: Int = 1, clusterID: String = "embedded",
        world: (inout ClusterState) throws -> Void = { _ in }, _ body: @Sendable (EmbeddedScene) async throws -> R
    ) async throws -> R {
        var state = ClusterState.empty(profile, clusterID, brokers: brokers)
        try world(&state)
        return try await ServedCluster.with([state]) { served in
            try await served[0].withClient { try await body(EmbeddedScene(served: served[0], client: $0)) }
        }
    }

    /// A call with ten minutes to live, which no pause between tries uses up in earnest.
    package static var context: CallContext { VirtualClock().within(.seconds(600)) }

    /// The APIs that were asked for, in order, versions and logins included.
    package var askedKeys: [ApiKey] { served.log.entries.map(\.header.apiKey) }

    /// How often an API was asked for.
    package func requestCount(of key: ApiKey) -> Int { askedKeys.count { $0 == key } }

    /// The requests of one type so far.
    package func requests<R: WireRequest>(_ type: R.Type) throws -> [AskedRequest<R>] { try served.requests(type) }

    /// Lets `event` happen each time a broker is asked this, before it answers as ever.
    package func meet(
        _ api: ApiKey, times: Int? = nil, _ event: @escaping @Sendable (EmbeddedCluster) -> Void = { _ in }
    ) {
        cluster.faults.meet(api, times: times) { [cluster] in event(cluster) }
    }
}

extension FaultPlan {
    /// Lets `event` happen each time this is asked, before the answer, which is as ever.
    package func meet(_ api: ApiKey, times: Int? = nil, _ event: @escaping @Sendable () -> Void = {}) {
        var fault = Fault(.nothing, api: api, times: times)
        fault.onMeet = event
        add(fault)
    }
}

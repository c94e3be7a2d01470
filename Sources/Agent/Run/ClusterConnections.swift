import Evidence
import Gate
import KafkaClient
import KafkaWire
import Secrets
import TLS
import Transport
import Web

/// The clusters of a run as its principals see them: each opened when first needed, shared by all gates.
struct ClusterConnections: Sendable {
    /// One view of one cluster.
    private struct Key: Hashable {
        let side: ClusterSide
        let principal: String?
    }

    private let handles: [Key: ClusterHandle]

    /// No cluster at all.
    static let none = ClusterConnections(handles: [:])

    private init(handles: [Key: ClusterHandle]) { self.handles = handles }

    init(
        _ run: PreparedRun, reactor: Reactor, nursery: TaskNursery, ledger: RequestLedger,
        environment: AgentEnvironment
    ) {
        let (secrets, clock) = (environment.secrets, environment.clock)
        let world = LoginWorld(
            host: environment.host, http: .curl, register: { secrets.register($0) },
            now: { clock.now().wallUs / 1_000_000 }, userAgent: "sluice/\(environment.version)")
        var handles: [Key: ClusterHandle] = [:]
        var allowances: [ClusterSide: ReadAllowance] = [:]
        if let rate = run.request.maxRate {
            for side in run.clusters.keys { allowances[side] = ReadAllowance(bytesPerSecond: rate) }
        }
        func open(
            _ side: ClusterSide, _ principal: String?, _ config: ClientConfig, _ tls: TLSContext?, own: KafkaCluster?,
            peer: KafkaCluster?
        ) -> KafkaCluster {
            let exchanges = config.sasl.map { SaslExchanges($0, world: world, reactor: reactor) }
            let connector = Self.connector(
                config, tls, exchanges,
                dialer: Self.dialer(
                    RoutedDialer(environment.dialer(reactor), routes: run.routes), allowance: allowances[side]),
                reactor: reactor, nursery: nursery, version: environment.version)
            let cluster = KafkaCluster(
                bootstrap: config.bootstrap, connector: connector, reactor: reactor, ledger: ledger, peer: peer)
            handles[Key(side: side, principal: principal)] = ClusterHandle(
                side: side, principal: principal, cluster: cluster, config: config, connector: connector, own: own)
            return cluster
        }
        for (side, prepared) in run.clusters {
            let own = open(side, nil, prepared.config, prepared.tls, own: nil, peer: nil)
            for (name, config) in prepared.principals {
                let isSameListener =
                    config.bootstrap == prepared.config.bootstrap
                    && config.securityProtocol == prepared.config.securityProtocol
                // A principal's file may name addresses of its own, and those lead to another cluster by mistake.
                _ = open(
                    side, name, config, prepared.principalTLS[name], own: isSameListener ? own : nil, peer: own)
            }
        }
        self.handles = handles
    }

    /// A cluster; with a principal, as that one sees it.
    func handle(_ side: ClusterSide, as principal: String? = nil) -> ClusterHandle? {
        handles[Key(side: side, principal: principal)]
    }

    /// The principals that can be acted as on a cluster, by name.
    func principals(_ side: ClusterSide) -> [String] {
        handles.keys.filter { $0.side == side }.compactMap(\.principal).sorted()
    }

    func closeAll() {
        for handle in handles.values { handle.cluster.close() }
    }

    private static func dialer(_ routed: RoutedDialer, allowance: ReadAllowance?) -> any Dialer {
        allowance.map { SlowedDialer(routed, allowance: $0) } ?? routed
    }

    private static func connector(
        _ config: ClientConfig, _ tls: TLSContext?, _ exchanges: SaslExchanges?, dialer: any Dialer,
        reactor: Reactor, nursery: TaskNursery, version: String
    ) -> Connector {
        var settings = ConnectionMachine.Settings()
        settings.clientID = config.clientID
        settings.softwareVersion = version
        return Connector(
            dialer: tls.map { TLSDialer(dialer, context: $0) } ?? dialer, reactor: reactor, nursery: nursery,
            settings: settings,
            connectTimeout: config.connectionSetupTimeout.first,
            refusalsLast: config.sasl?.showsPassword ?? false ? .seconds(60) : .zero
        ) { broker, deadline throws(KafkaError) in
            try await exchanges?.exchange(for: broker, by: deadline)
        }
    }
}

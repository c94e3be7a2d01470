import EmbeddedKafka
import KafkaRecords
import KafkaWire
import Transport

/// The two clusters of the demo in the middle of a migration, and the replicator between them.
///
/// The migration goes on by ``stopClients()``, after which the source is frozen, and ``drain()``.
struct DemoClusters: Sendable {
    static let users = ["admin", "billing", "shipping"]
    /// Of the one that has not stopped: no transaction has this id.
    static let lateProducer: Int64 = 4711
    static let groups = ["analytics", "billing", "shipping"]

    let source: EmbeddedCluster
    let target: EmbeddedCluster
    /// Passwords by user, other ones in each run, so that a demo does not log in on another's clusters.
    let passwords: [String: String]
    private let fault: DemoFault?
    private let topics: DemoTopics
    private var mirror: MirrorMaker

    /// Clusters that listen on loopback and are filled; they answer while they are served.
    init(
        _ fault: DemoFault?, reactor: Reactor, clock: @escaping @Sendable () -> Int64,
        using random: inout some RandomNumberGenerator
    ) throws {
        self.fault = fault
        topics = DemoTopics(endMs: clock())
        func word() -> String { "\(KafkaUUID(high: random.next(), low: random.next()))" }
        passwords = Dictionary(Self.users.map { ($0, word()) }, uniquingKeysWith: { first, _ in first })
        source = Self.cluster(.kafka3, word(), passwords, reactor, clock)
        target = Self.cluster(.kafka4, word(), passwords, reactor, clock)
        for cluster in [source, target] { try cluster.listen([.plaintext, .sasl]) }
        var settings = MirrorMaker.Settings()
        settings.naming = .identity
        settings.isolation = .readCommitted
        settings.replicationFactor = 3
        mirror = MirrorMaker(from: source, to: target, settings)
        try source.change { [topics] in try topics.fill(&$0) }
        try spoilBefore()
        try replicate()
    }

    private static func cluster(
        _ profile: BrokerProfile, _ id: String, _ passwords: [String: String], _ reactor: Reactor,
        _ clock: @escaping @Sendable () -> Int64
    ) -> EmbeddedCluster {
        var state = ClusterState(profile: profile, clusterID: id, brokers: 3, nowMs: clock())
        for (user, password) in passwords { state.passwords[Name(user)] = password }
        state.access.hasAuthorizer = true
        state.brokerSettings["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
        // Whoever tries a tool on the listener without a login may do everything.
        state.access.superUsers = ["User:admin", "User:ANONYMOUS"]
        state.access.entries = entries
        state.quotas = [
            .init(entity: [("user", "analytics")], values: [("consumer_byte_rate", 10_485_760)]),
            .init(entity: [("user", nil)], values: [("request_percentage", 200)]),
        ]
        state.scramUsers = ["replicator": [.init(mechanism: 2, iterations: 8192)]]
        return EmbeddedCluster(state, reactor: reactor, clock: clock)
    }

    private static let entries: [AccessControl.Entry] = [
        .init(.allow, "User:billing", .read, .topic, "orders"),
        .init(.allow, "User:billing", .read, .topic, "payments"),
        .init(.allow, "User:billing", .write, .topic, "payments"),
        .init(.allow, "User:billing", .write, .transactionalID, "payments-", pattern: .prefixed),
        .init(.allow, "User:billing", .read, .group, "billing"),
        .init(.allow, "User:shipping", .read, .topic, "orders"),
        .init(.allow, "User:shipping", .write, .topic, "events"),
        .init(.allow, "User:shipping", .read, .group, "shipping"),
        .init(.deny, "User:contractor", .read, .topic, "payments"),
    ]

    /// Lets producers write and consumers read the last that they will on the source.
    func stopClients() throws {
        try source.change { try topics.finish(&$0, billingReads: fault != .lag) }
    }

    /// Lets the replicator copy what is left once the source is frozen.
    mutating func drain() throws {
        if fault == .lateWriter {
            try source.change { state in
                try state.append([DemoTopics.order(1200)], to: "orders", 7, producerID: Self.lateProducer)
            }
        }
        try replicate()
        // Past the next record that it has to read, 92.
        if fault == .skip { target.change { $0.commit(93, of: "billing", "orders", 4) } }
    }

    /// One round of the replicator: heartbeats, records, offset syncs, checkpoints, commits.
    mutating func replicate() throws {
        try mirror.emitHeartbeats()
        try mirror.copy(DemoTopics.names)
        try mirror.flushOffsetSyncs()
        try mirror.emitCheckpoints(of: Self.groups)
        mirror.syncGroupOffsets()
    }

    var copiedRecords: Int { mirror.copiedRecords }

    /// Before anything is copied, so that the replicator carries over what it would.
    private func spoilBefore() throws {
        switch fault {
        // These come later.
        case nil, .lag, .skip, .lateWriter: break
        // A topic that no group reads: a group would lack commits in the partition that is too much.
        case .parity: target.change { $0.createTopic("customers", partitions: 4, replication: 3) }
        case .decode:
            let half = NewRecord("17", #"{"event":"shipped","order":"#)
            try source.change { _ = try $0.append([half], to: "events", 1) }
        case .auth:
            target.change { $0.passwords["shipping"]?.append("-of-last-year") }
        case .acl: target.change { $0.access.entries.removeAll { $0.permission == .deny } }
        case .retention: source.change { $0.topics["events"]?.settings["retention.ms"] = "600000" }
        }
    }
}

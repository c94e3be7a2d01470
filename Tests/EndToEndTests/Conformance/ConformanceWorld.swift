import EmbeddedKafka
import Foundation
import Transport

/// A real cluster and an embedded one that are alike.
enum ConformanceWorld {
    /// Starts both, and compares what `body` asks of them; it is given a time a minute ago.
    static func withBrokers(
        of release: ConformanceTests.Release, count: Int = 1, authorizing: Bool = false,
        _ body: @Sendable (Conformance, Int64, KafkaFixture) async throws -> Void
    ) async throws -> Conformance.Tally {
        let installation = try release == .kafka3 ? KafkaInstallation.source() : .target()
        let kafka = try await start(installation, count, authorizing)
        let reactor = try Reactor()
        defer { reactor.stop() }
        let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
        var state = ClusterState(
            profile: release == .kafka3 ? .kafka3 : .kafka4, clusterID: kafka.clusterID, brokers: count, nowMs: clock())
        if authorizing { try authorize(&state) }
        let cluster = EmbeddedCluster(state, reactor: reactor, clock: clock)
        try cluster.listen([.plaintext, .sasl])
        let brokers = cluster.read { $0.brokers }
        let real = ConformanceSide(
            "Kafka \(installation.version)",
            ports: ports(kafka.nodes.map { ($0.ports["PLAINTEXT"], $0.ports["SASL"]) }),
            reactor: reactor)
        let embedded = ConformanceSide(
            "the embedded broker",
            ports: ports(brokers.map { ($0.endpoints[.plaintext]?.port, $0.endpoints[.sasl]?.port) }), reactor: reactor)
        let conformance = Conformance(real: real, embedded: embedded, cluster: cluster)
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await cluster.serve() }
                defer { cluster.close() }
                try await conformance.negotiate()
                try await body(conformance, clock() - 60_000, kafka.fixture)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        real.close()
        embedded.close()
        await kafka.stop()
        try result.get()
        return conformance.report
    }

    /// By listener; those of the second broker begin with `SECOND`.
    private static func ports(_ brokers: [(plain: UInt16?, sasl: UInt16?)]) -> [String: UInt16] {
        var ports: [String: UInt16] = [:]
        for (broker, prefix) in zip(brokers, ["", "SECOND-"]) {
            ports[prefix + "PLAINTEXT"] = broker.plain
            ports[prefix + "SASL"] = broker.sasl
        }
        return ports
    }

    private static func start(
        _ installation: KafkaInstallation, _ count: Int, _ authorizing: Bool
    ) async throws -> RealKafka {
        guard authorizing else { return try await RealKafka.start(installation, nodes: count) }
        // As often as it takes that nobody waits for it.
        let abortions = "transaction.abort.timed.out.transaction.cleanup.interval.ms"
        let package = "org.apache.kafka.common.security"
        let scram = "\(package).scram.ScramLoginModule required;"
        return try await RealKafka.start(
            installation, nodes: count, listeners: ["SASL": "SASL_PLAINTEXT"],
            properties: [
                abortions: "100",
                "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                "listener.name.sasl.plain.sasl.jaas.config":
                    "\(package).plain.PlainLoginModule required user_carol=\"plain-secret\" user_alice=\"alice-secret\";",
                "listener.name.sasl.scram-sha-256.sasl.jaas.config": scram,
                "listener.name.sasl.scram-sha-512.sasl.jaas.config": scram,
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": "User:ANONYMOUS",
            ],
            format: [256, 512].flatMap { bits in
                ["--add-scram", "SCRAM-SHA-\(bits)=[name=alice,password=alice-secret]"]
            })
    }

    private static func authorize(_ state: inout ClusterState) throws {
        state.access.hasAuthorizer = true
        state.access.superUsers = ["User:ANONYMOUS"]
        state.passwords = ["carol": "plain-secret", "alice": "alice-secret"]
        for mechanism: Int8 in [1, 2] {
            try state.addScramUser("alice", password: "alice-secret", mechanism: mechanism)
        }
    }
}

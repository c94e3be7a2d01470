import EmbeddedKafka
import Foundation
import TLS
import Testing
import Transport

/// Programs that were written for Kafka work with the embedded broker.
///
/// One after the other, since each is a JVM of its own.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"), .serialized)
struct EmbeddedClientTests {
    @Test("Kafka's tools list offsets, configs, ACLs and groups of the embedded broker", arguments: Profile.allCases)
    func tools(profile: Profile) async throws {
        try await withEmbedded(profile) { cluster, tools in
            try cluster.change { state in
                try Self.fill(&state)
                state.commit(7, of: "billing", "orders", 0)
                state.commit(2, of: "billing", "orders", 1)
                state.access.hasAuthorizer = true
                state.access.superUsers = ["User:ANONYMOUS"]
                state.access.entries = [.init(.allow, "User:alice", .read, .topic, "orders")]
            }
            #expect(try await tools.endOffsets(of: "orders") == [0: 10, 1: 5, 2: 0])
            let configs = try await tools.run(
                "kafka-configs.sh", ["--describe", "--entity-type", "topics", "--entity-name", "orders", "--all"])
            #expect(configs.contains { $0.contains("retention.ms=3600000") }, "\(configs)")
            let own = try await tools.run(
                "kafka-configs.sh", ["--describe", "--entity-type", "topics", "--entity-name", "orders"])
            #expect(own.count { $0.contains("sensitive=") } == 1, "\(own)")
            let acls = try await tools.run("kafka-acls.sh", ["--list"])
            #expect(
                acls.contains { $0.contains("principal=User:alice") && $0.contains("operation=READ") }, "\(acls)")
            let rows = try await tools.describe(groups: "billing")
            let lags = Dictionary(rows.map { ($0.partition ?? -1, $0.lag ?? -1) }) { first, _ in first }
            #expect(lags == [0: 3, 1: 3])
        }
    }

    @Test("Kafka's tools log in over TLS, by a password and by a certificate of their own")
    func encrypted() async throws {
        try await withEmbedded(.kafka4, listening: [.plaintext, .ssl, .saslSSL]) { cluster, tools in
            try cluster.change { state in
                try Self.fill(&state)
                for index in state.brokers.indices {
                    state.brokers[index].certificate = BrokerCertificate(
                        notBeforeMs: state.nowMs - 86_400_000, notAfterMs: state.nowMs + 86_400_000)
                }
                state.asksForCertificates = true
                state.passwords["billing"] = "secret"
                state.access.hasAuthorizer = true
                state.access.superUsers = ["User:billing", "User:CN=shipping"]
            }
            let now = cluster.read { $0.nowMs }
            let own = try cluster.authorities.client("shipping", from: now - 86_400_000, to: now + 86_400_000)
            func value(_ pem: String) -> String { pem.replacingOccurrences(of: "\n", with: "\\n") }
            let trust = """
                ssl.truststore.type=PEM
                ssl.truststore.certificates=\(value(try cluster.authorities.trusted()))

                """
            let folder = try TemporaryFolder()
            let clients = [
                (
                    Listener.saslSSL,
                    "sasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
                        + "required username=\"billing\" password=\"secret\";\n"
                ),
                (
                    .ssl,
                    "ssl.keystore.type=PEM\nssl.keystore.certificate.chain=\(value(own.chain))\n"
                        + "ssl.keystore.key=\(value(own.key))\n"
                ),
            ]
            for (listener, login) in clients {
                let file = try folder.write(
                    "security.protocol=\(listener.rawValue)\n\(trust)\(login)", to: "\(listener).properties")
                let ends = try await tools.run(
                    "kafka-get-offsets.sh",
                    [
                        "--bootstrap-server", cluster.bootstrap(listener), "--command-config", file, "--topic",
                        "orders", "--time", "-1",
                    ], withBootstrap: false)
                #expect(ends == ["orders:0:10", "orders:1:5", "orders:2:0"], "\(listener)")
            }
        }
    }

    @Test("A console consumer joins a group, reads to the end and leaves its commits", arguments: Profile.allCases)
    func consoleConsumer(profile: Profile) async throws {
        try await withEmbedded(profile) { cluster, tools in
            try cluster.change { try Self.fill(&$0) }
            let lines = try await tools.run(
                "kafka-console-consumer.sh",
                [
                    "--topic", "orders", "--from-beginning", "--group", "console", "--max-messages", "15",
                    "--timeout-ms", "60000",
                ])
            #expect(lines.count == 15)
            let rows = try await tools.describe(groups: "console")
            #expect(rows.compactMap(\.lag).reduce(0, +) == 0 && rows.compactMap(\.committed).reduce(0, +) == 15)
            #expect(try await tools.groupStates()["console"] == "Empty")
        }
    }

    @Test("Kafka's own transactional producer commits, and its topic is read", arguments: Profile.allCases)
    func transactions(profile: Profile) async throws {
        try await withEmbedded(profile) { cluster, tools in
            try cluster.change { try Self.fill(&$0) }
            let report = try await tools.run(
                "kafka-producer-perf-test.sh",
                [
                    "--topic", "payments", "--num-records", "40", "--record-size", "50", "--throughput", "200",
                    "--transactional-id", "pays", "--transaction-duration-ms", "50",
                    "--producer-props", "bootstrap.servers=\(tools.bootstrap)",
                ], withBootstrap: false)
            #expect(report.contains { $0.hasPrefix("40 records sent") }, "\(report)")
            let log = try #require(cluster.read { $0.log(of: "payments") })
            #expect(log.lastStableOffset == log.highWatermark && log.highWatermark > 40)
            let lines = try await tools.run(
                "kafka-console-consumer.sh",
                [
                    "--topic", "payments", "--from-beginning", "--max-messages", "40", "--timeout-ms", "60000",
                    "--isolation-level", "read_committed",
                ])
            #expect(lines.count == 40)
        }
    }

    @Test("Java's clients make topics, transactions, commits and members there", arguments: Profile.allCases)
    func fixture(profile: Profile) async throws {
        try await withEmbedded(profile) { cluster, tools in
            let fixture = KafkaFixture(bootstrap: tools.bootstrap)
            try await fixture.createTopic("made", partitions: 2)
            for codec in KafkaFixture.Codec.allCases { try await fixture.produce(10, to: "made", codec: codec) }
            try await fixture.commit("elsewhere", "made", [0: 12, 1: 0])
            #expect(try await fixture.join("live", .classic, topics: "made").count == 2)
            let group = try #require(cluster.read { $0.groups["live"] })
            #expect(group.state == "Stable" && group.members.count == 1)
            try await fixture.leave("live")
            #expect(cluster.read { $0.groups["live"]?.state } == "Empty")
            #expect(cluster.read { $0.groups["elsewhere"]?.commits["made"]?[0]?.offset } == 12)
            #expect(cluster.read { $0.log(of: "made")?.highWatermark } == 50)
        }
    }

    @Test(
        "kcat lists, produces, consumes and joins a group", .enabled(if: Self.hasKcat, "there is no kcat here"),
        arguments: Profile.allCases)
    func kcat(profile: Profile) async throws {
        try await withEmbedded(profile) { cluster, tools in
            try cluster.change { try Self.fill(&$0) }
            let listed = try await Self.kcat(["-L", "-b", tools.bootstrap])
            #expect(listed.contains { $0.contains("topic \"orders\" with 3 partitions:") }, "\(listed)")
            let read = try await Self.kcat(
                ["-C", "-b", tools.bootstrap, "-t", "orders", "-o", "beginning", "-e", "-q", "-f", "%p %o %k\n"])
            #expect(read.sorted() == (0..<10).map { "0 \($0) k\($0)" } + (0..<5).map { "1 \($0) k\($0)" })
            _ = try await Self.kcat(["-P", "-b", tools.bootstrap, "-t", "empty", "-K", ":"], input: ["a:1", "b:2"])
            #expect(cluster.read { $0.log(of: "empty")?.highWatermark } == 2)
            let grouped = try await Self.kcat([
                "-b", tools.bootstrap, "-q", "-e", "-f", "%s\n", "-c", "15", "-X", "auto.offset.reset=earliest", "-G",
                "cats", "orders",
            ])
            #expect(grouped.count == 15, "\(grouped)")
            #expect(cluster.read { $0.groups["cats"]?.commits["orders"]?[0]?.offset } == 10)
        }
    }

    @Test("Users log in by SCRAM with Kafka's clients, and with a wrong password they do not")
    func scram() async throws {
        try await withEmbedded(.kafka4, listening: [.plaintext, .sasl]) { cluster, tools in
            try cluster.change { state in
                try Self.fill(&state)
                for mechanism: Int8 in [1, 2] {
                    try state.addScramUser("alice", password: "alice=,secret", mechanism: mechanism)
                }
            }
            let login = KafkaTools(installation: tools.installation, bootstrap: cluster.bootstrap(.sasl))
            for (mechanism, password, works) in [
                ("SCRAM-SHA-256", "alice=,secret", true), ("SCRAM-SHA-512", "alice=,secret", true),
                ("SCRAM-SHA-512", "wrong", false),
            ] {
                let folder = try TemporaryFolder("scram")
                let module = "org.apache.kafka.common.security.scram.ScramLoginModule required"
                let properties = try folder.write(
                    """
                    security.protocol=SASL_PLAINTEXT
                    sasl.mechanism=\(mechanism)
                    sasl.jaas.config=\(module) username="alice" password="\(password)";

                    """, to: "client.properties")
                let arguments = ["--topic", "orders", "--command-config", properties]
                if works {
                    let rows = try await login.run("kafka-get-offsets.sh", arguments)
                    #expect(rows.contains("orders:0:10"), "\(mechanism): \(rows)")
                } else {
                    await #expect(throws: KafkaFixtureError.self) {
                        try await login.run("kafka-get-offsets.sh", arguments)
                    }
                }
            }
        }
    }

    // MARK: The cluster

    enum Profile: String, CaseIterable, Sendable {
        case kafka3, kafka4

        var profile: BrokerProfile { self == .kafka3 ? .kafka3 : .kafka4 }
    }

    /// Three partitions of orders with 10, 5 and no records.
    private static func fill(_ state: inout ClusterState) throws {
        state.createInternalTopics(partitions: 4)
        state.createTopic("orders", partitions: 3, settings: ["retention.ms": "3600000"])
        state.createTopic("payments")
        state.createTopic("empty")
        for (partition, count) in [(Int32(0), 10), (1, 5)] {
            try state.append((0..<count).map { NewRecord("k\($0)", "v\($0)") }, to: "orders", partition)
        }
    }

    private func withEmbedded(
        _ profile: Profile, listening: [Listener] = [.plaintext],
        _ body: @Sendable (EmbeddedCluster, KafkaTools) async throws -> Void
    ) async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
        let state = ClusterState(profile: profile.profile, clusterID: "embedded-\(profile)", brokers: 2, nowMs: clock())
        let cluster = EmbeddedCluster(state, reactor: reactor, clock: clock)
        try cluster.listen(listening)
        let tools = KafkaTools(installation: try .target(), bootstrap: cluster.bootstrap())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cluster.serve() }
            defer { cluster.close() }
            try await body(cluster, tools)
        }
    }

    static let hasKcat = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/kcat") }

    private static func kcat(_ arguments: [String], input: [String] = []) async throws -> [String] {
        let process = try ChildProcess(["kcat"] + arguments, deadline: .seconds(60))
        for line in input { try process.send(line) }
        process.closeInput()
        let ending = await process.end()
        guard ending == .exit(0) else {
            throw KafkaFixtureError(
                "kcat \(arguments.joined(separator: " ")): \(ending)\n\(process.errors.lines.joined(separator: "\n"))")
        }
        return process.output.lines
    }
}

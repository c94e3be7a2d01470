import EmbeddedKafka
import Foundation
import KafkaWire
import Testing
import Transport

/// Whether the embedded broker says what Kafka says.
@Suite(
    .enabled(
        if: RealKafka.isAvailable && KafkaInstallation.isSet("KAFKA_SOURCE_HOME"),
        "KAFKA_HOME or KAFKA_SOURCE_HOME is not set"))
struct ConformanceTests {
    enum Release: String, CaseIterable, Sendable { case kafka3, kafka4 }

    @Test("the embedded broker answers as Kafka does, field by field", arguments: Release.allCases)
    func conformance(release: Release) async throws {
        let report = try await withConformance(release) { conformance, now in
            try await conformance.topics()
            try await conformance.records(from: now)
            try await conformance.transactions(from: now)
            try await conformance.groups()
            try await conformance.access(from: now)
            try await conformance.compaction(from: now)
        }
        let answers = report.answers.values.reduce(0, +)
        print(
            "Conformance with \(release): \(report.fields) fields of \(answers) answers, "
                + "\(report.answers.count) APIs")
        for (rule, count) in report.differences.sorted(by: { $0.key.path < $1.key.path }) {
            print("  differs \(count) times: \(rule.path) (\(rule.reason))")
        }
        let wrong = report.summary
        if !wrong.isEmpty { print(wrong.map { "  WRONG \(release) \($0)" }.joined(separator: "\n")) }
        #expect(wrong.count == 0)
        #expect(report.fields > 1000)
    }

    @Test("no error code, no offset and no count may differ")
    func rules() {
        for rule in MayDiffer.rules {
            let name = String(rule.path.split(separator: ".").last ?? "")
            #expect(!name.hasSuffix("error_code") && !name.hasSuffix("offset") && !name.hasSuffix("count"))
            #expect(!rule.reason.isEmpty)
        }
        #expect(Set(MayDiffer.rules.map(\.path)).count == MayDiffer.rules.count)
    }
}

/// Starts both brokers of a release, and compares what `body` asks of them.
private func withConformance(
    _ release: ConformanceTests.Release, _ body: @Sendable (Conformance, Int64) async throws -> Void
) async throws -> Conformance.Tally {
    let installation = try release == .kafka3 ? KafkaInstallation.source() : .target()
    let package = "org.apache.kafka.common.security"
    let scram = "\(package).scram.ScramLoginModule required;"
    let kafka = try await RealKafka.start(
        installation, listeners: ["SASL": "SASL_PLAINTEXT"],
        properties: [
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
    let reactor = try Reactor()
    defer { reactor.stop() }
    let profile: BrokerProfile = release == .kafka3 ? .kafka3 : .kafka4
    let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
    var state = ClusterState(profile: profile, clusterID: kafka.clusterID, nowMs: clock())
    state.access.hasAuthorizer = true
    state.access.superUsers = ["User:ANONYMOUS"]
    state.passwords = ["carol": "plain-secret", "alice": "alice-secret"]
    for mechanism: Int8 in [1, 2] {
        try state.addScramUser("alice", password: "alice-secret", mechanism: mechanism)
    }
    let cluster = EmbeddedCluster(state, reactor: reactor, clock: clock)
    try cluster.listen([.plaintext, .sasl])
    let ports = cluster.read { state in
        ["PLAINTEXT": state.brokers[0].endpoints[.plaintext]?.port, "SASL": state.brokers[0].endpoints[.sasl]?.port]
    }
    let real = ConformanceSide("Kafka \(installation.version)", ports: kafka.nodes[0].ports, reactor: reactor)
    let embedded = ConformanceSide("the embedded broker", ports: ports.compactMapValues(\.self), reactor: reactor)
    let conformance = Conformance(real: real, embedded: embedded, cluster: cluster)
    do {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cluster.serve() }
            defer { cluster.close() }
            try await conformance.negotiate()
            try await body(conformance, clock() - 60_000)
        }
    } catch {
        real.close()
        embedded.close()
        await kafka.stop()
        throw error
    }
    real.close()
    embedded.close()
    await kafka.stop()
    return conformance.report
}

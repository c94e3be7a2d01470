import Foundation
import Testing

/// `auth_probe` on listeners that let in some, others, or nobody.
///
/// One at a time: the broker's log of refused logins does not say whose they were.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"), .serialized)
struct AuthProbeTests {
    private static let folder = Task { try TemporaryFolder("principals") }

    private static let world = Task {
        let kafka = try await SharedKafka.target
        try await kafka.fixture.createTopic("auth-orders")
        try await kafka.fixture.createTopic("auth-secret")
        for operation in ["read", "describe"] {
            try await kafka.fixture.allow("User:billing", operation, on: "topic", "auth-orders")
        }
        try await kafka.fixture.allow("User:billing", "read", on: "group", "auth-billing")
        try await kafka.fixture.commit("auth-billing", "auth-orders", [0: 0])
        return kafka
    }

    @Test("Without principals the run's own login is probed, on every broker", arguments: SharedCluster.allCases)
    func ownLogin(side: SharedCluster) async throws {
        let kafka = try await side.kafka
        let run = try await SluiceCommand.gate("auth_probe", on: side, set: [])
        #expect(run.exitCode == 0, "\(run.errors)")
        let login = try run.evidence.checks("login", gate: "auth_probe", ok: true)
        #expect(
            login.map { $0["subject"] } == [
                .object(["principal": "self", "broker": .string(kafka.bootstrap)])
            ])
        #expect(login.first?["facts"]["listener"] == "PLAINTEXT")
    }

    @Test("A wrong password fails by principal and broker, after one attempt, and others still log in")
    func wrongPassword() async throws {
        let kafka = try await Self.world.value
        let before = Self.refusals(kafka)
        let run = try await probe(
            as: "billing", principals: ["billing": "billing", "orders": nil], set: [])
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        let broker = JSON.string(kafka.bootstrap(KafkaSecurity.listener))
        #expect(
            evidence.checks("login", gate: "auth_probe", ok: true).map { $0["subject"] } == [
                .object(["principal": "billing", "broker": broker])
            ])
        let failed = evidence.checks("login", gate: "auth_probe", ok: false)
        #expect(failed.map { $0["subject"] } == [.object(["principal": "orders", "broker": broker])])
        #expect(failed.first?["facts"]["mechanism"] == "PLAIN")
        #expect(failed.first?["facts"]["error"] == "SASL_AUTHENTICATION_FAILED")
        #expect(run.errors.contains { $0.contains("orders") && $0.contains(kafka.bootstrap(KafkaSecurity.listener)) })
        #expect(await Self.refusals(kafka, after: before) == 1, "\(kafka.nodes.flatMap(\.log))")
    }

    @Test("Denied is what is expected, where it is said so")
    func expectedDenied() async throws {
        #expect(
            try await probe(as: nil, principals: ["orders": nil], set: ["expect=denied"]).exitCode == 0)
        #expect(
            try await probe(as: nil, principals: ["billing": "billing"], set: ["expect=denied"]).exitCode == 1)
    }

    @Test("A password does not go out in clear unless that is allowed")
    func notAllowed() async throws {
        let run = try await probe(as: nil, principals: ["billing": "billing"], set: [], allow: false)
        #expect(run.exitCode == 78)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains { $0.contains("billing") && $0.contains("--allow plaintext_password") })
    }

    @Test("An advertised address where nobody listens fails by its name, though the bootstrap lets in")
    func lostListener() async throws {
        let kafka = try await Self.world.value
        let run = try await SluiceCommand.gates(
            ["auth_probe"], target: kafka.bootstrap(KafkaSecurity.lostListener))
        #expect(run.exitCode == 1, "\(run.errors)")
        let failed = try run.evidence.checks("login", gate: "auth_probe", ok: false)
        let broker = try #require(failed.first?["subject"]["broker"].string)
        #expect(broker.hasPrefix("127.0.0.1:"))
        #expect(broker != kafka.bootstrap(KafkaSecurity.lostListener))
        #expect(failed.first?["facts"]["tcp"] == false)
        #expect(run.errors.contains { $0.contains(broker) })
    }

    @Test("A broker that takes another mechanism refuses, and says which it takes")
    func otherMechanism() async throws {
        let kafka = try await Self.world.value
        let run = try await probe(
            as: nil, principals: ["billing": "billing"], set: [],
            bootstrap: kafka.bootstrap(KafkaSecurity.scramListener))
        #expect(run.exitCode == 1, "\(run.errors)")
        let failed = try #require(try run.evidence.checks("login", gate: "auth_probe", ok: false).first)
        #expect(failed["facts"]["error"] == "UNSUPPORTED_SASL_MECHANISM")
        #expect(failed["facts"]["message"].string?.contains("offered: SCRAM-SHA-512") == true, "\(failed)")
    }

    @Test("A mechanism that is asked for must be the one in use")
    func mechanism() async throws {
        #expect(
            try await probe(as: "billing", principals: ["billing": "billing"], set: ["mechanism=PLAIN"]).exitCode
                == 0)
        let run = try await probe(
            as: "billing", principals: ["billing": "billing"], set: ["mechanism=SCRAM-SHA-512"])
        #expect(run.exitCode == 1)
        let failed = try run.evidence.checks("mechanism", gate: "auth_probe", ok: false)
        #expect(failed.map { $0["actual"] } == ["PLAIN"])
    }

    @Test("Operations are allowed or not, as the cluster's ACLs say")
    func operations() async throws {
        let allowed = try await operations(["read"], topics: "auth-orders")
        #expect(allowed.exitCode == 0, "\(allowed.errors)")
        #expect(
            try allowed.evidence.checks("allowed", gate: "auth_probe", ok: true).map { $0["subject"] } == [
                .object(["principal": "billing", "operation": "read", "topic": "auth-orders"]),
                .object(["principal": "billing", "operation": "read", "group": "auth-billing"]),
            ])
        let denied = try await operations(["read", "write"], topics: "auth-orders")
        #expect(denied.exitCode == 1)
        #expect(
            try denied.evidence.checks("allowed", gate: "auth_probe", ok: false).contains {
                $0["subject"] == .object(["principal": "billing", "operation": "write", "topic": "auth-orders"])
            })
        #expect(
            try denied.evidence.checks("allowed", gate: "auth_probe", ok: true).map { $0["subject"]["operation"] }
                == ["read", "read"])
        let expected = try await operations(["write"], topics: "auth-orders", groups: nil, ["expect=denied"])
        #expect(expected.exitCode == 0, "\(expected.errors)")
        // Not even told that it exists.
        for topics in ["auth-secret", "auth-*"] {
            let hidden = try await operations(["read"], topics: topics)
            #expect(hidden.exitCode == 1, "\(hidden.errors)")
            let failed = try hidden.evidence.checks("allowed", gate: "auth_probe", ok: false)
            #expect(failed.map { $0["subject"]["topic"] } == ["auth-secret"])
        }
    }

    // MARK: Running it

    private func operations(
        _ operations: [String], topics: String, groups: String? = "auth-billing", _ set: [String] = []
    ) async throws -> SluiceCommand.Result {
        try await probe(
            as: nil, principals: ["billing": "billing"],
            set: ["topics=\(topics)", "operations=\(operations.joined(separator: ","))"]
                + (groups.map { ["groups=\($0)"] } ?? []) + set)
    }

    /// Runs the gate on the listener where users log in.
    ///
    /// `user` is who the run itself logs in as; nil: without a name, on the open listener. `principals` are, by name, the
    /// users whose password is right; nil: a wrong one.
    private func probe(
        as user: String?, principals: [String: String?], set: [String], allow: Bool = true, bootstrap: String? = nil
    ) async throws -> SluiceCommand.Result {
        let kafka = try await Self.world.value
        let folder = try await Self.folder.value
        var options = allow ? ["--allow", "plaintext_password"] : []
        for (name, known) in principals.sorted(by: { $0.key < $1.key }) {
            let password = known.flatMap { KafkaSecurity.passwords[$0] } ?? "wr0ng"
            let text =
                KafkaSecurity.clientProperties(user: name, password: password)
                + "bootstrap.servers=\(bootstrap ?? kafka.bootstrap(KafkaSecurity.listener))\n"
            options += [
                "--principal", "\(name)=\(try folder.write(text, to: "\(name)-\(known ?? "wrong").properties"))",
            ]
        }
        var address = kafka.bootstrap
        if let user {
            let text = KafkaSecurity.clientProperties(user: user, password: KafkaSecurity.passwords[user] ?? "")
            options += ["--target-config", try folder.write(text, to: "own.properties")]
            address = kafka.bootstrap(KafkaSecurity.listener)
        }
        return try await SluiceCommand.gates(["auth_probe"], target: address, set: set, options)
    }

    /// How many logins the broker has refused on the listener of this suite so far.
    private static func refusals(_ kafka: RealKafka) -> Int {
        let listener = "channelId=\(kafka.bootstrap(KafkaSecurity.listener))-"
        return kafka.nodes.flatMap(\.log).count { $0.contains("Failed authentication with") && $0.contains(listener) }
    }

    /// How many since; a second one would be in the log before the refusal of a later login is.
    private static func refusals(_ kafka: RealKafka, after before: Int) async -> Int {
        for _ in 0..<50 where refusals(kafka) == before { try? await Task.sleep(for: .milliseconds(100)) }
        return refusals(kafka) - before
    }
}

import Foundation
import Testing

/// `auth_probe` on three brokers of which one is not like the others: two that let everybody in hide nothing.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct AuthProbeClusterTests {
    private static let passwords = ["billing": "billing-secret", "orders": "orders-secret"]

    @Test(
        "one broker that refuses one principal, and one that is down, fail by broker and by principal",
        .timeLimit(.minutes(4)))
    func oneOfThree() async throws {
        let everybody = KafkaSecurity.plainUsers("LOGIN", Self.passwords)
        let kafka = try await RealKafka.start(
            .target(), nodes: 3, listeners: ["LOGIN": "SASL_PLAINTEXT"],
            // The cluster goes on to advertise a broker that has died.
            properties: everybody.merging(["broker.session.timeout.ms": "600000"]) { $1 },
            nodeProperties: [2: KafkaSecurity.plainUsers("LOGIN", ["billing": "billing-secret"])])
        let brokers = kafka.bootstrap("LOGIN").split(separator: ",").map(String.init)

        let refused = try await probe(brokers[0])
        #expect(refused.exitCode == 1, "\(refused.errors)")
        #expect(try logins(refused, ok: true) == Self.pairs(brokers).subtracting(["orders \(brokers[1])"]))
        #expect(try logins(refused, ok: false) == ["orders \(brokers[1])"])
        let check = try #require(try refused.evidence.checks("login", gate: "auth_probe", ok: false).first)
        #expect(check["facts"]["error"] == "SASL_AUTHENTICATION_FAILED")
        #expect(check["facts"]["node"] == 2 && check["facts"]["tcp"] == true)
        #expect(check["facts"]["message"].string?.contains("Invalid username or password") == true)
        try named(refused, principal: "orders", broker: brokers[1])

        // Asked at the very broker that refuses it: the run's own login is told of the others.
        let cold = try await probe(brokers[1])
        #expect(cold.exitCode == 1, "\(cold.errors)")
        #expect(try logins(cold, ok: true) == Self.pairs(brokers).subtracting(["orders \(brokers[1])"]))
        #expect(try logins(cold, ok: false) == ["orders \(brokers[1])"])
        try named(cold, principal: "orders", broker: brokers[1])

        await kafka.nodes[2].stop()
        let down = try await probe(brokers[0])
        #expect(down.exitCode == 1, "\(down.errors)")
        #expect(
            try logins(down, ok: false) == [
                "orders \(brokers[1])", "orders \(brokers[2])", "billing \(brokers[2])",
            ])
        for check in try down.evidence.checks("login", gate: "auth_probe", ok: false)
        where check["subject"]["broker"].string == brokers[2] {
            #expect(check["facts"]["error"] == "net.refused")
            #expect(check["facts"]["node"] == 3 && check["facts"]["tcp"] == false)
        }
        try named(down, principal: "billing", broker: brokers[2])
        await kafka.stop()
    }

    private func probe(_ bootstrap: String) async throws -> SluiceCommand.Result {
        let folder = try TemporaryFolder()
        var options = ["--allow", "plaintext_password", "--detail"]
        for (name, password) in Self.passwords {
            let text = KafkaSecurity.clientProperties(user: name, password: password)
            options += ["--principal", "\(name)=\(try folder.write(text, to: "\(name).properties"))"]
        }
        let own = try folder.write(
            KafkaSecurity.clientProperties(user: "billing", password: "billing-secret"), to: "own.properties")
        return try await SluiceCommand.gates(
            ["auth_probe"], target: bootstrap, options + ["--target-config", own])
    }

    private static func pairs(_ brokers: [String]) -> Set<String> {
        Set(brokers.flatMap { broker in passwords.keys.map { "\($0) \(broker)" } })
    }

    /// `principal broker` of each login that came out that way.
    private func logins(_ run: SluiceCommand.Result, ok: Bool) throws -> Set<String> {
        Set(
            try run.evidence.checks("login", gate: "auth_probe", ok: ok).map {
                "\($0["subject"]["principal"].string ?? "") \($0["subject"]["broker"].string ?? "")"
            })
    }

    /// The reason for the verdict says which broker and which principal, for programs and for people.
    private func named(_ run: SluiceCommand.Result, principal: String, broker: String) throws {
        let reason = try run.evidence.reason("auth_probe") { reason in
            reason["subject"] == .object(["principal": .string(principal), "broker": .string(broker)])
        }
        #expect(reason["code"] == "check_failed", "\(run.output.suffix(2))")
        #expect(run.errors.contains { $0.contains(principal) && $0.contains(broker) }, "\(run.errors)")
    }
}

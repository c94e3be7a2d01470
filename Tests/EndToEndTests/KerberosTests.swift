import Foundation
import Testing

/// GSSAPI against a KDC and a broker of this machine's own.
@Suite(
    .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"),
    .enabled(if: KerberosRealm.isAvailable, "krb5-kdc, krb5-admin-server and krb5-user are not installed"),
    .serialized)
struct KerberosTests {
    @Test("a keytab logs in, and so does a ticket that is there already")
    func accepted() async throws {
        let (kafka, realm) = try await KerberosKafka.shared
        for source in [
            "sasl.kerberos.keytab=\(realm.keytab)\nsasl.kerberos.principal=alice@\(KerberosRealm.name)",
            "sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useTicketCache=true "
                + "ticketCache=\"\(try await realm.ticketCache())\" serviceName=\"kafka\";",
        ] {
            let run = try await probe(kafka, realm, source)
            #expect(run.exitCode == 0, "\(run.output.suffix(3)) \(run.errors)")
            let check = try #require(try run.evidence.of("check", gate: "auth_probe").first)
            #expect(check["facts"]["mechanism"].string == "GSSAPI")
        }
    }

    @Test("no key, no ticket and a service that the realm does not know fail the probe with Kerberos' words")
    func refused() async throws {
        let (kafka, realm) = try await KerberosKafka.shared
        let stranger = "sasl.kerberos.principal=mallory@\(KerberosRealm.name)"
        let principal = "sasl.kerberos.principal=alice@\(KerberosRealm.name)"
        for (source, message) in [
            ("sasl.kerberos.keytab=\(realm.keytab)\n\(stranger)", "credentials"),
            ("sasl.kerberos.keytab=/none/such\n\(principal)", "Kerberos: "),
            ("sasl.kerberos.keytab=\(realm.keytab)\n\(principal)\nsasl.kerberos.service.name=other", "not found"),
        ] {
            let run = try await probe(kafka, realm, source)
            #expect(run.exitCode == 1, "\(run.output.suffix(3)) \(run.errors)")
            let check = try #require(try run.evidence.of("check", gate: "auth_probe").first)
            #expect(check["facts"]["message"].string?.contains(message) == true, "\(check)")
            #expect(check["facts"]["error"].string == "auth.aborted")
        }
    }

    @Test("a run that outlasts its session logs in again on the connection it has")
    func outlasts() async throws {
        let (kafka, realm) = try await KerberosKafka.shared
        try await kafka.fixture.createTopic("kerberos-orders")
        try await kafka.fixture.commit("kerberos-billing", "kerberos-orders", [0: 0])
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=GSSAPI
            sasl.kerberos.service.name=kafka
            sasl.kerberos.keytab=\(realm.keytab)
            sasl.kerberos.principal=alice@\(KerberosRealm.name)

            """, to: "client.properties")
        let before = kafka.renewals(on: "KRB")
        let run = try await SluiceCommand.run(
            [
                "run", "lag_budget", "--target", kafka.bootstrap("KRB"), "--target-config", file, "--set",
                "cluster=target", "--set", "groups=kerberos-billing", "--wait", "40s", "--every", "2s", "--hold", "8s",
            ], environment: realm.environment)
        #expect(run.exitCode == 0, "\(run.errors)")
        let finished = try #require(try run.evidence.of("gate_finished", gate: "lag_budget").last)
        #expect(finished["hold"]["samples"] == finished["attempts"])
        let connections = kafka.renewals(on: "KRB").filter { before[$0.key] == nil }
        #expect(connections.count == 1, "\(connections)")
        #expect(connections.values.allSatisfy { $0 >= 1 }, "\(connections)")
    }

    private func probe(
        _ kafka: RealKafka, _ realm: KerberosRealm, _ source: String
    ) async throws -> SluiceCommand.Result {
        let folder = try TemporaryFolder()
        let service = source.contains("service") ? "" : "sasl.kerberos.service.name=kafka\n"
        let file = try folder.write(
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI\n\(service)\(source)\n", to: "client.properties")
        return try await SluiceCommand.run(
            ["run", "auth_probe", "--target", kafka.bootstrap("KRB"), "--target-config", file],
            environment: realm.environment)
    }
}

/// The broker of these tests, whose own key is in the realm.
private enum KerberosKafka {
    private static let folder = Task { try TemporaryFolder("kerberos") }

    static var shared: (RealKafka, KerberosRealm) { get async throws { try await start.value } }

    private static let start = Task {
        let realm = try await KerberosRealm()
        let kafka = try await RealKafka.start(
            KafkaInstallation.target(), listeners: ["KRB": "SASL_PLAINTEXT"],
            properties: [
                "listener.name.krb.sasl.enabled.mechanisms": "GSSAPI",
                "sasl.kerberos.service.name": "kafka",
                "listener.name.krb.gssapi.sasl.jaas.config":
                    "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true "
                    + "keyTab=\"\(realm.keytab)\" principal=\"kafka/127.0.0.1@\(KerberosRealm.name)\";",
                "connections.max.reauth.ms": "\(SessionKafka.lifetime.components.seconds * 1000)",
            ],
            javaOptions: "-Djava.security.krb5.conf=\(realm.environment["KRB5_CONFIG"] ?? "") "
                + SessionKafka.logOption(in: await folder.value))
        return (kafka, realm)
    }
}

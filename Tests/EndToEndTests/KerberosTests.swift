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
            ], javaOptions: "-Djava.security.krb5.conf=\(realm.environment["KRB5_CONFIG"] ?? "")")
        return (kafka, realm)
    }
}

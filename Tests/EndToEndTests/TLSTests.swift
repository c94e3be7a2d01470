import Foundation
import TLSFixtures
import Testing

/// Gates over TLS, with certificates that are as they should be and with every kind that is not.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct TLSTests {
    private static let gates = ["tls_valid", "auth_probe", "bootstrap_reachability", "lag_budget"]

    @Test("Over a good certificate all gates pass, and the evidence says what was negotiated with whom")
    func good() async throws {
        let tls = try await TLSKafka.shared
        let run = try await tls.run(Self.gates, on: "SSL", KafkaSecurity.tlsClient(trusting: tls.authority.root))
        #expect(run.exitCode == 0, "\(run.errors)")
        let evidence = try run.evidence
        let security = try #require(evidence.of("cluster").first)["security"]
        #expect(security["protocol"] == "SSL")
        #expect(security["verify_host"] == true)
        #expect(security["tls"]["version"] == "TLSv1.3")
        #expect(security["tls"]["cipher"].string?.hasPrefix("TLS_") == true)
        let fingerprint = try OpenSSLCommand.run(
            ["x509", "-in", "good.pem", "-noout", "-fingerprint", "-sha256"], in: tls.authority.folder)
        let sha256 = try #require(security["tls"]["peer_sha256"].string)
        #expect(fingerprint.replacingOccurrences(of: ":", with: "").lowercased().contains(sha256))
        let days = evidence.of("check", gate: "tls_valid").filter { $0["check"] == "valid_days" }
        #expect(days.compactMap { $0["actual"].integer } == [9, 20, 29])
        #expect(days.map { $0["facts"]["subject"].string }.contains("CN=Test Root,O=Test"))
    }

    @Test("A certificate that does not last as long as it has to fails, though it is valid today")
    func minimumDays() async throws {
        let tls = try await TLSKafka.shared
        let run = try await tls.run(
            ["tls_valid", "auth_probe"], on: "SSL", KafkaSecurity.tlsClient(trusting: tls.authority.root),
            ["--set", "min_valid_days=15"])
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        let failed = evidence.of("check", gate: "tls_valid").filter { $0["ok"] == false }
        #expect(failed.map { $0["facts"]["subject"].string } == ["CN=good,O=Test"])
        let probe = evidence.of("check", gate: "auth_probe")
        #expect(probe.first { $0["check"] == "tls" }?["ok"] == false)
        #expect(probe.first { $0["check"] == "login" }?["ok"] == true)
    }

    @Test("SASL/PLAIN logs in over TLS, and a wrong password is refused once")
    func login() async throws {
        let tls = try await TLSKafka.shared
        func properties(_ password: String) -> String {
            KafkaSecurity.tlsClient(
                trusting: tls.authority.root,
                [
                    "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN",
                    "sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule required "
                        + "username=\"billing\" password=\"\(password)\";",
                ])
        }
        let good = try await tls.run(["auth_probe", "lag_budget"], on: "LOGIN", properties(TLSKafka.password))
        #expect(good.exitCode == 0, "\(good.errors)")
        let bad = try await tls.run(["auth_probe", "tls_valid"], on: "LOGIN", properties("falsch"))
        #expect(bad.exitCode == 1, "\(bad.errors)")
        let evidence = try bad.evidence
        #expect(evidence.verdict(of: "auth_probe") == "fail")
        // The certificates were good, but without a login nobody says which brokers there are.
        #expect(evidence.verdict(of: "tls_valid") == "inconclusive")
        #expect(evidence.of("check", gate: "tls_valid").allSatisfy { $0["ok"] == true })
    }

    @Test(
        "Each wrong certificate fails the gates that ask about it, and stops the others", arguments: TLSKafka.mistakes)
    func mistake(listener: String, name: String) async throws {
        let tls = try await TLSKafka.shared
        let properties = KafkaSecurity.tlsClient(trusting: tls.authority.root)
        let run = try await tls.run(Self.gates, on: listener, properties)
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        #expect(evidence.verdict(of: "tls_valid") == "fail")
        #expect(evidence.verdict(of: "auth_probe") == "fail")
        #expect(evidence.verdict(of: "bootstrap_reachability") == "fail")
        #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
        #expect(evidence.reasons(of: "lag_budget") == ["unreachable"])
        let check = try #require(evidence.of("check", gate: "auth_probe").first { $0["check"] == "tls" })
        #expect(check["ok"] == false)
        #expect(check["facts"]["error"].string == name)
        #expect(check["subject"]["broker"].string == tls.kafka.bootstrap(listener))
        #expect(check["facts"]["sha256"].string?.count == 64)
        #expect(
            evidence.of("check", gate: "auth_probe").first { $0["check"] == "login" }?["facts"]["error"].string == name)

        let alone = try await tls.run(["lag_budget"], on: listener, properties)
        #expect(alone.exitCode == 2, "\(alone.errors)")
        let lost = try #require(try alone.evidence.of("read_error").first)
        #expect(lost["class"] == "tls")
        #expect(lost["name"].string == name)
        #expect(lost["retriable"] == false)
        guard name == "tls.unknown_ca" || name == "tls.self_signed" else { return }
        let message = try alone.evidence.of("gate_finished").first?["reasons"][0]["message"].string
        #expect(message?.contains("ssl.truststore.type=PEM") == true)
    }

    @Test("An empty ssl.endpoint.identification.algorithm takes another host's certificate, and evidence says so")
    func nameless() async throws {
        let tls = try await TLSKafka.shared
        let properties = KafkaSecurity.tlsClient(
            trusting: tls.authority.root, ["ssl.endpoint.identification.algorithm": ""])
        let run = try await tls.run(Self.gates, on: "HOST", properties)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(try run.evidence.of("cluster").first?["security"]["verify_host"] == false)
        let check = try run.evidence.of("check", gate: "tls_valid").first { $0["check"] == "verified" }
        #expect(check?["facts"]["verify_host"] == false)
        let strict = try await tls.run(["lag_budget"], on: "EXPIRED", properties)
        #expect(strict.exitCode == 2, "\(strict.errors)")
    }

    @Test("A listener that demands a certificate takes the right one; refuses none, a stranger's, an expired one")
    func mutual() async throws {
        let tls = try await TLSKafka.shared
        let own = try tls.authority.issue("client-\(UUID().uuidString.prefix(8))", names: nil)
        let foreign = try tls.stranger.issue("client-\(UUID().uuidString.prefix(8))", names: nil)
        let expired = try tls.authority.issue(
            "client-\(UUID().uuidString.prefix(8))", names: nil, validity: .expired)
        for (store, isTaken) in [(own.store, true), (foreign.store, false), (expired.store, false), (nil, false)] {
            var more = ["ssl.keystore.type": "PEM"]
            more["ssl.keystore.location"] = store
            let properties = KafkaSecurity.tlsClient(
                trusting: tls.authority.root, store == nil ? [:] : more)
            let run = try await tls.run(Self.gates, on: "MUTUAL", properties)
            #expect(run.exitCode == (isTaken ? 0 : 1), "\(run.errors)")
            guard !isTaken else { continue }
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "auth_probe") == "fail")
            #expect(evidence.verdict(of: "tls_valid") == "fail")
            #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
            let lost = try #require(evidence.of("read_error").first)
            #expect(lost["class"] == "auth")
            #expect(lost["name"] == "auth.tls")
            let login = evidence.of("check", gate: "auth_probe").first { $0["check"] == "login" }
            #expect(login?["ok"] == false)
            #expect(login?["facts"]["message"].string?.contains("client certificate") == true)
        }
        let run = try await tls.run(
            ["auth_probe"], on: "MUTUAL", KafkaSecurity.tlsClient(trusting: tls.authority.root),
            ["--set", "auth_probe.expect=denied"])
        #expect(run.exitCode == 0, "\(run.errors)")
    }

    @Test(
        "A server of weak means fails the gates that ask about it, and stops the others",
        arguments: [
            (["-tls1", "-cipher", "ALL:@SECLEVEL=0"], "tls.version"),
            (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], "tls.version"),
            (["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"], "tls.handshake"),
            // Without an exchange of keys of its own for each connection.
            (["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], "tls.handshake"),
        ])
    func weak(arguments: [String], name: String) async throws {
        let authority = try TestAuthority()
        let identity = try authority.issue("weak", rsa: true)
        let server = try ChildProcess(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", identity.certificate, "-key", identity.key,
                "-cert_chain", identity.chain,
            ] + arguments)
        defer { server.signal(SIGKILL) }
        let listens = try #require(await server.output.first { $0.hasPrefix("ACCEPT ") })
        let address = try #require(listens.split(separator: " ").last.map(String.init))
        let folder = try TemporaryFolder()
        let file = try folder.write(KafkaSecurity.tlsClient(trusting: authority.root), to: "client.properties")
        let run = try await SluiceCommand.gates(
            ["tls_valid", "auth_probe", "lag_budget"], target: address,
            set: ["lag_budget.cluster=target", "lag_budget.groups=billing"], ["--target-config", file])
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        #expect(evidence.verdict(of: "tls_valid") == "fail")
        #expect(evidence.verdict(of: "auth_probe") == "fail")
        #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
        let check = try #require(evidence.checks("tls", gate: "auth_probe", ok: false).first)
        #expect(check["facts"]["error"].string == name)
        #expect(check["subject"]["broker"].string == address)
    }

    @Test("Each protocol on the other's port says which it is")
    func crossed() async throws {
        let tls = try await TLSKafka.shared
        let plain = try await tls.run(["lag_budget"], on: "SSL", "")
        #expect(plain.exitCode == 2, "\(plain.errors)")
        #expect(try plain.evidence.of("gate_finished").first?["reasons"][0]["message"].string?.contains("TLS") == true)
        let secure = try await tls.run(
            ["lag_budget"], on: "PLAINTEXT", KafkaSecurity.tlsClient(trusting: tls.authority.root))
        #expect(secure.exitCode == 2, "\(secure.errors)")
        #expect(try secure.evidence.of("read_error").first?["name"] == "tls.not_tls")
        let message = try secure.evidence.of("gate_finished").first?["reasons"][0]["message"].string
        #expect(message?.contains("security.protocol=PLAINTEXT") == true)
    }

    @Test("A store that is missing ends the run before anything is contacted")
    func missingStore() async throws {
        let run = try await SluiceCommand.run([
            "run", "tls_valid", "--target", "127.0.0.1:1", "-X", "security.protocol=SSL", "-X",
            "ssl.truststore.location=/nowhere/trust.pem",
        ])
        #expect(run.exitCode == 78)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains { $0.contains("/nowhere/trust.pem does not exist") })
    }

    @Test("One broker of three with another certificate fails the login, by name", .timeLimit(.minutes(3)))
    func oneOfThree() async throws {
        let (authority, stranger) = (try TestAuthority(), try TestAuthority("Stranger"))
        let kafka = try await RealKafka.start(
            .target(), nodes: 3, listeners: ["SSL": "SSL"],
            properties: KafkaSecurity.tls("SSL", try authority.issue("good")),
            nodeProperties: [3: KafkaSecurity.tls("SSL", try stranger.issue("odd"))])
        let folder = try TemporaryFolder()
        let file = try folder.write(KafkaSecurity.tlsClient(trusting: authority.root), to: "client.properties")
        let brokers = kafka.bootstrap("SSL").split(separator: ",").map(String.init)
        // Whichever broker is asked first for the list of all.
        for bootstrap in [brokers[0], brokers.reversed().joined(separator: ",")] {
            let run = try await SluiceCommand.run([
                "run", "auth_probe", "tls_valid", "--target", bootstrap, "--target-config", file, "--detail",
            ])
            #expect(run.exitCode == 1, "\(run.errors)")
            let evidence = try run.evidence
            let logins = evidence.of("check", gate: "auth_probe").filter { $0["check"] == "login" }
            #expect(logins.count == 3)
            #expect(logins.filter { $0["ok"] == false }.map { $0["subject"]["broker"].string } == [brokers[2]])
            #expect(logins.filter { $0["ok"] == false }.map { $0["subject"]["principal"].string } == ["self"])
            let verified = evidence.of("check", gate: "tls_valid").filter { $0["check"] == "verified" }
            #expect(verified.filter { $0["ok"] == false }.map { $0["subject"]["broker"].string } == [brokers[2]])
        }
        await kafka.stop()
    }
}

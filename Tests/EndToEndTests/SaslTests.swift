import Foundation
import Testing
import WebServer

/// Each mechanism against Kafka's own side of it: the right credential gets in, a wrong one fails the probe that asks,
/// in one attempt, with the broker's reason.
///
/// One after the other, since the broker's log is counted.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"), .serialized)
struct SaslTests {
    @Test(
        "the right credential logs in, and the probe says how",
        arguments: [
            Login.scram(256), .scram(512), .plain(), .unsecuredToken, .tokenFile, .clientCredentials,
        ])
    func accepted(login: Login) async throws {
        let run = try await probe(login)
        #expect(run.exitCode == 0, "\(run.output.suffix(3)) \(run.errors)")
        let check = try #require(try run.evidence.of("check", gate: "auth_probe").first)
        #expect(check["facts"]["mechanism"].string == login.mechanism)
        #expect(check["facts"]["session_lifetime_ms"].integer.map { $0 > 0 } == true)
    }

    @Test(
        "a wrong credential fails the probe, in one attempt, with the reason",
        arguments: [
            (Login.scram(256, password: "wrong"), "invalid credentials", 1),
            (.scram(512, password: "wrong"), "invalid credentials", 1),
            (.scram(512, user: "nobody"), "invalid credentials", 1),
            (.plain(password: "wrong"), "Invalid username or password", 1),
            (.tokenOfAnotherAudience, "invalid_token", nil),
            (.tokenOfAnotherKey, "invalid_token", nil),
            (.expiredToken, "the token expired", nil),
            (.unsignedTokenAtValidator, "invalid_token", nil),
            (.wrongClientSecret, "answers 401: invalid_client", 0),
            (.missingTokenFile, "does not exist", 0),
            (.providerDown, "no token: ", 0),
            (.iam, "is not enabled here; offered:", nil),
        ] as [(Login, String, Int?)])
    func refused(login: Login, message: String, attempts: Int?) async throws {
        let kafka = try await SaslKafka.shared.kafka
        let before = kafka.failedLogins
        let run = try await probe(login)
        #expect(run.exitCode == 1, "\(run.output.suffix(3)) \(run.errors)")
        let check = try #require(try run.evidence.of("check", gate: "auth_probe").first)
        #expect(check["facts"]["message"].string?.contains(message) == true, "\(check)")
        if let attempts { #expect(kafka.failedLogins - before == attempts) }
    }

    @Test(
        "where the login is not the question, a gate is left without an answer, after one attempt",
        arguments: [
            (Login.scram(512, password: "wrong"), "SASL_AUTHENTICATION_FAILED", "invalid credentials", 1),
            (.plain(password: "wrong"), "SASL_AUTHENTICATION_FAILED", "Invalid username or password", 1),
            (.expiredToken, "SASL_AUTHENTICATION_FAILED", "the token expired", nil),
            (.providerDown, "auth.aborted", "no token: ", 0),
            (.missingTokenFile, "auth.aborted", "does not exist", 0),
            (.iam, "UNSUPPORTED_SASL_MECHANISM", "is not enabled here; offered:", nil),
        ] as [(Login, String, String, Int?)])
    func unanswered(login: Login, name: String, message: String, attempts: Int?) async throws {
        let kafka = try await SaslKafka.shared.kafka
        let before = kafka.failedLogins
        let run = try await self.run(
            "lag_budget", login, "--set", "lag_budget.cluster=target", "--set", "lag_budget.groups=billing")
        #expect(run.exitCode == 2, "\(run.output.suffix(3)) \(run.errors)")
        #expect(try run.evidence.verdict(of: "lag_budget") == "inconclusive")
        let lost = try #require(try run.evidence.of("read_error").first)
        #expect(lost["class"] == "auth" && lost["retriable"] == false)
        #expect(lost["name"].string == name)
        #expect(try run.evidence.reason("lag_budget")["message"].string?.contains(message) == true, "\(run.errors)")
        if let attempts { #expect(kafka.failedLogins - before == attempts) }
        for text in run.output + run.errors { #expect(!text.contains("eyJhbGciOi"), "a token") }
    }

    @Test("a password that was allowed to go out in clear is on record")
    func recorded() async throws {
        let run = try await probe(.plain())
        #expect(run.exitCode == 0, "\(run.errors)")
        let security = try #require(try run.evidence.of("cluster").first)["security"]
        #expect(security["protocol"] == "SASL_PLAINTEXT" && security["mechanism"] == "PLAIN")
        #expect(try run.evidence.of("run_started").first?["argv"].items.contains("plaintext_password") == true)
    }

    @Test("only a broker's refusal proves that it refuses")
    func denied() async throws {
        let refused = try await probe(.scram(512, password: "wrong"), "--set", "auth_probe.expect=denied")
        #expect(refused.exitCode == 0, "\(refused.output.suffix(3))")
        let tokenless = try await probe(.missingTokenFile, "--set", "auth_probe.expect=denied")
        #expect(tokenless.exitCode == 2, "\(tokenless.output.suffix(3))")
    }

    private func probe(_ login: Login, _ more: String...) async throws -> SluiceCommand.Result {
        try await run("auth_probe", login, more)
    }

    private func run(_ gate: String, _ login: Login, _ more: String...) async throws -> SluiceCommand.Result {
        try await run(gate, login, more)
    }

    private func run(_ gate: String, _ login: Login, _ more: [String]) async throws -> SluiceCommand.Result {
        let shared = try await SaslKafka.shared
        let folder = try TemporaryFolder()
        let file = try folder.write(try await login.properties(folder), to: "client.properties")
        return try await SluiceCommand.run(
            [
                "run", gate, "--target", shared.kafka.bootstrap(login.listener), "--target-config", file,
                "--allow", "plaintext_password", "--gate-timeout", "20s",
            ] + more,
            environment: [
                "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": Canary.make(), "AWS_REGION": "us-east-1",
            ])
    }
}

extension SaslTests {
    /// A `client.properties`, and what it is called.
    struct Login: Sendable, CustomTestStringConvertible {
        let name: String
        let mechanism: String
        var listener = "SASL"
        let jaas: String
        var more: @Sendable (TemporaryFolder) async throws -> String = { _ in "" }

        var testDescription: String { name }

        func properties(_ folder: TemporaryFolder) async throws -> String {
            """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=\(mechanism)
            sasl.jaas.config=\(jaas);
            \(try await more(folder))

            """
        }

        private static let package = "org.apache.kafka.common.security"

        static func scram(_ bits: Int, user: String = "alice", password: String = SaslKafka.alice) -> Login {
            Login(
                name: "SCRAM-SHA-\(bits) \(user)\(password == SaslKafka.alice ? "" : " " + password)",
                mechanism: "SCRAM-SHA-\(bits)",
                jaas: "\(package).scram.ScramLoginModule required username=\"\(user)\" password=\"\(password)\"")
        }

        static func plain(password: String = SaslKafka.carol) -> Login {
            Login(
                name: "PLAIN\(password == SaslKafka.carol ? "" : " " + password)", mechanism: "PLAIN",
                jaas: "\(package).plain.PlainLoginModule required username=\"carol\" password=\"\(password)\"")
        }

        static let unsecuredToken = Login(
            name: "unsecured token", mechanism: "OAUTHBEARER",
            jaas: "\(package).oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"dave\"")

        static let unsignedTokenAtValidator = Login(
            name: "unsigned token", mechanism: "OAUTHBEARER", listener: "JWT", jaas: unsecuredToken.jaas)

        private static func token(
            _ name: String, _ token: @escaping @Sendable (SaslKafka) async throws -> String?
        ) -> Login {
            Login(
                name: name, mechanism: "OAUTHBEARER", listener: "JWT",
                jaas: "\(package).oauthbearer.OAuthBearerLoginModule required",
                more: { folder in
                    let path = folder.path("token")
                    if let token = try await token(SaslKafka.shared) { _ = try folder.write(token + "\n", to: "token") }
                    return "sasl.oauthbearer.token.endpoint.url=file://\(path)"
                })
        }

        static let tokenFile = token("token file") { try await $0.keys.token() }
        static let tokenOfAnotherAudience = token("another audience") { try await $0.keys.token(audience: "other") }
        static let tokenOfAnotherKey = token("another key") { try await $0.otherKeys.token() }
        static let expiredToken = token("expired token") { try await $0.keys.token(lifetime: -600) }
        static let missingTokenFile = token("missing token file") { _ in nil }

        private static func client(
            secret: String, name: String? = nil, endpoint: (@Sendable () async throws -> String)? = nil
        ) -> Login {
            Login(
                name: name ?? "client credentials\(secret == SaslKafka.erin ? "" : " " + secret)",
                mechanism: "OAUTHBEARER",
                listener: "JWT",
                jaas: "\(package).oauthbearer.OAuthBearerLoginModule required clientId=\"erin\" "
                    + "clientSecret=\"\(secret)\" scope=\"kafka\"",
                more: { _ in
                    let url = if let endpoint { try await endpoint() } else { try await SaslKafka.shared.web.url }
                    return "sasl.oauthbearer.token.endpoint.url=\(url)/token"
                })
        }

        static let clientCredentials = client(secret: SaslKafka.erin)
        static let wrongClientSecret = client(secret: "wrong")
        static let providerDown = client(
            secret: SaslKafka.erin, name: "provider down", endpoint: { "http://127.0.0.1:\(FreePorts.take(1)[0])" })

        static let iam = Login(
            name: "AWS_MSK_IAM", mechanism: "AWS_MSK_IAM",
            jaas: "software.amazon.msk.auth.iam.IAMLoginModule required")
    }
}

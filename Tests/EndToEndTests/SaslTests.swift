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

    @Test("only a broker's refusal proves that it refuses")
    func denied() async throws {
        let refused = try await probe(.scram(512, password: "wrong"), "--set", "auth_probe.expect=denied")
        #expect(refused.exitCode == 0, "\(refused.output.suffix(3))")
        let tokenless = try await probe(.missingTokenFile, "--set", "auth_probe.expect=denied")
        #expect(tokenless.exitCode == 2, "\(tokenless.output.suffix(3))")
    }

    private func probe(_ login: Login, _ more: String...) async throws -> SluiceCommand.Result {
        let shared = try await SaslKafka.shared
        let folder = try TemporaryFolder()
        let file = try folder.write(try await login.properties(folder), to: "client.properties")
        return try await SluiceCommand.run(
            [
                "run", "auth_probe", "--target", shared.kafka.bootstrap(login.listener), "--target-config", file,
                "--allow", "plaintext_password",
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

        private static func client(secret: String) -> Login {
            Login(
                name: "client credentials\(secret == SaslKafka.erin ? "" : " " + secret)", mechanism: "OAUTHBEARER",
                listener: "JWT",
                jaas: "\(package).oauthbearer.OAuthBearerLoginModule required clientId=\"erin\" "
                    + "clientSecret=\"\(secret)\" scope=\"kafka\"",
                more: { _ in
                    "sasl.oauthbearer.token.endpoint.url=\(try await SaslKafka.shared.web.url)/token"
                })
        }

        static let clientCredentials = client(secret: SaslKafka.erin)
        static let wrongClientSecret = client(secret: "wrong")

        static let iam = Login(
            name: "AWS_MSK_IAM", mechanism: "AWS_MSK_IAM",
            jaas: "software.amazon.msk.auth.iam.IAMLoginModule required")
    }
}

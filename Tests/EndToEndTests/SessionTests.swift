import Foundation
import Testing

/// Runs that outlast the sessions which a broker grants (`connections.max.reauth.ms`).
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct SessionTests {
    @Test("a run that outlasts its session logs in again on the connection it has", arguments: Login.all)
    func outlasts(login: Login) async throws {
        let sessions = try await SessionKafka.shared
        let folder = try TemporaryFolder()
        let run = try await SluiceCommand.run(
            try await Self.arguments(login, in: folder) + ["--wait", "50s", "--every", "2s", "--hold", "12s"])
        #expect(run.exitCode == 0, "\(run.errors)")
        // Twelve seconds without a gap: a round in which a request failed would have begun the hold anew.
        let finished = try #require(try run.evidence.of("gate_finished", gate: "lag_budget").last)
        #expect(finished["hold"]["samples"] == finished["attempts"])
        for check in try run.evidence.checks("lag", gate: "lag_budget").suffix(1) {
            #expect(check["rounds"]["ok"] == check["rounds"]["n"])
        }
        #expect(try run.evidence.of("read_error").isEmpty)
        // Kafka's own log: one connection to this listener, and two sessions at least that followed on the first.
        let connections = sessions.kafka.renewals(on: login.listener)
        #expect(connections.count == 1, "\(connections)")
        #expect(connections.values.allSatisfy { $0 >= 2 }, "\(connections)")
    }

    @Test("a token of somebody else does not go on with a session: the broker's reason is told, and nothing passes")
    func principalChanges() async throws {
        let folder = try TemporaryFolder()
        let token = try folder.write(Self.token(of: "erin"), to: "token")
        let login = Login(
            listener: "SWAP", mechanism: "OAUTHBEARER", jaas: "oauthbearer.OAuthBearerLoginModule required",
            more: "sasl.oauthbearer.token.endpoint.url=file://\(token)\n")
        let process = try SluiceCommand.start(
            try await Self.arguments(login, in: folder) + [
                "--watch", "9s", "--every", "500ms", "--progress", "plain",
            ])
        try #require(await process.errors.first { $0.contains("round 1") } != nil)
        _ = try folder.write(Self.token(of: "mallory"), to: "token")
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == 2, "\(run.errors) \(run.output)")
        let lost = try run.evidence.of("read_error", gate: "lag_budget")
        #expect(lost.contains { $0["class"] == "auth" && $0["name"] == "SASL_AUTHENTICATION_FAILED" }, "\(lost)")
        #expect(
            run.output.contains {
                $0.contains("re-authentication before the session ends") && $0.contains("Cannot change principals")
            }, "\(run.output)")
    }

    private static func arguments(_ login: Login, in folder: TemporaryFolder) async throws -> [String] {
        let file = try folder.write(login.properties, to: "client.properties")
        return [
            "run", "lag_budget", "--target", try await SessionKafka.shared.kafka.bootstrap(login.listener),
            "--target-config", file, "--set", "cluster=target", "--set", "groups=\(SessionKafka.group)",
            "--allow", "plaintext_password",
        ]
    }

    /// A token without a signature, as the listener for tests takes it.
    private static func token(of user: String) -> String {
        func part(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }
        let now = Int(Date().timeIntervalSince1970)
        return part(#"{"alg":"none"}"#) + "." + part(#"{"sub":"\#(user)","iat":\#(now - 5),"exp":\#(now + 600)}"#) + "."
    }
}

extension SessionTests {
    struct Login: Sendable, CustomTestStringConvertible {
        let listener: String
        let mechanism: String
        let jaas: String
        var more = ""

        var testDescription: String { mechanism }

        var properties: String {
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=\(mechanism)\n"
                + "sasl.jaas.config=org.apache.kafka.common.security.\(jaas);\n\(more)"
        }

        static let all = [
            Login(
                listener: "PASSWORD", mechanism: "PLAIN",
                jaas: "plain.PlainLoginModule required username=\"carol\" password=\"plain-secret\""),
            Login(
                listener: "SCRAM", mechanism: "SCRAM-SHA-512",
                jaas: "scram.ScramLoginModule required username=\"alice\" password=\"alice-secret\""),
            Login(
                listener: "TOKEN", mechanism: "OAUTHBEARER",
                jaas: "oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"dave\""),
        ]
    }
}

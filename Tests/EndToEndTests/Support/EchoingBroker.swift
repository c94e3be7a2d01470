import KafkaClient
import KafkaWire
import ScriptedBroker

/// A broker that lets nobody in, and says why by repeating what it was sent.
enum EchoingBroker {
    static let mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "AWS_MSK_IAM"]

    /// Runs `body` with the address of one, which puts so many other characters before what it repeats.
    static func with<R: Sendable>(padding: Int = 0, _ body: (String) async throws -> R) async throws -> R {
        var model = ClusterModel()
        model.mechanisms = mechanisms
        return try await ScriptedCluster.with(model) { cluster in
            cluster.on(SaslAuthenticateRequest.self) { request, _ in
                // Text cannot hold the NULs of PLAIN.
                let echo = String(decoding: request.authBytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
                return .answer(
                    .with {
                        $0.error = .saslAuthenticationFailed
                        $0.errorMessage = String(repeating: ".", count: padding) + echo + " is wrong"
                    })
            }
            return try await body("\(cluster.address(of: 0))")
        }
    }
}

import Foundation
import WebServer

/// A broker with a listener for each way to log in, and an identity provider for those that come with a token.
struct SaslKafka: Sendable {
    let kafka: RealKafka
    let web: LocalWebServer
    let keys: TokenKeys
    /// Of somebody whom the broker does not trust.
    let otherKeys: TokenKeys

    static var shared: SaslKafka { get async throws { try await start.value } }

    /// Alice logs in by SCRAM, Carol by PLAIN, and Erin's token costs this.
    static let (alice, carol, erin) = (
        Canary.make(plain: true), Canary.make(plain: true), Canary.make(plain: true)
    )

    private static let start = Task {
        let keys = try await TokenKeys()
        let token = try await keys.token()
        Canary.add(token)
        let web = try LocalWebServer { request in
            switch (request.method, request.path) {
            case ("GET", "/jwks"):
                return .init(status: 200, body: keys.jwks, headers: ["Content-Type: application/json"])
            case ("POST", "/token"):
                let expected = "Basic " + Data("erin:\(erin)".utf8).base64EncodedString()
                guard request.headers["authorization"] == expected else {
                    return .init(status: 401, body: #"{"error":"invalid_client"}"#)
                }
                return .init(
                    status: 200, body: #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#)
            default: return .init(status: 404, body: "")
            }
        }
        let package = "org.apache.kafka.common.security"
        let scram = "\(package).scram.ScramLoginModule required;"
        let kafka = try await RealKafka.start(
            KafkaInstallation.target(), listeners: ["SASL": "SASL_PLAINTEXT", "JWT": "SASL_PLAINTEXT"],
            properties: [
                "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
                "listener.name.sasl.plain.sasl.jaas.config":
                    "\(package).plain.PlainLoginModule required user_carol=\"\(carol)\";",
                "listener.name.sasl.scram-sha-256.sasl.jaas.config": scram,
                "listener.name.sasl.scram-sha-512.sasl.jaas.config": scram,
                "listener.name.sasl.oauthbearer.sasl.jaas.config":
                    "\(package).oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";",
                "listener.name.jwt.sasl.enabled.mechanisms": "OAUTHBEARER",
                "listener.name.jwt.oauthbearer.sasl.jaas.config":
                    "\(package).oauthbearer.OAuthBearerLoginModule required;",
                "listener.name.jwt.oauthbearer.sasl.server.callback.handler.class":
                    "\(package).oauthbearer.OAuthBearerValidatorCallbackHandler",
                "sasl.oauthbearer.jwks.endpoint.url": "\(web.url)/jwks",
                "sasl.oauthbearer.expected.audience": "kafka",
                "connections.max.reauth.ms": "3600000",
            ],
            format: [256, 512].flatMap { bits in
                ["--add-scram", "SCRAM-SHA-\(bits)=[name=alice,password=\(alice)]"]
            },
            javaOptions: "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=\(web.url)/jwks")
        return SaslKafka(kafka: kafka, web: web, keys: keys, otherKeys: try await TokenKeys())
    }
}

extension RealKafka {
    /// How many logins the brokers refused so far.
    var failedLogins: Int { nodes.flatMap(\.log).count { $0.contains("Failed authentication") } }
}

/// An RSA key of an identity provider: its public half as a key set, and tokens signed by the other.
struct TokenKeys: Sendable {
    private let folder: TemporaryFolder
    let jwks: String

    init() async throws {
        folder = try TemporaryFolder("keys")
        let key = folder.path("key.pem")
        _ = try await Self.openssl("genrsa", "-out", key, "2048")
        let modulus = try await Self.openssl("rsa", "-in", key, "-noout", "-modulus").first ?? ""
        var bytes = Data()
        var digits = modulus.drop { $0 != "=" }.dropFirst()
        while let byte = UInt8(digits.prefix(2), radix: 16) {
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        jwks = #"{"keys":[{"kty":"RSA","kid":"k","use":"sig","alg":"RS256","e":"AQAB","n":"\#(Self.url(bytes))"}]}"#
    }

    func token(audience: String = "kafka", lifetime: Int = 3600) async throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let header = Self.url(Data(#"{"alg":"RS256","typ":"JWT","kid":"k"}"#.utf8))
        let claims = Self.url(
            Data(
                #"{"sub":"erin","iss":"idp","aud":"\#(audience)","iat":\#(now - 700),"exp":\#(now + lifetime),"scope":"kafka"}"#
                    .utf8))
        let name = UUID().uuidString
        let signed = try folder.write("\(header).\(claims)", to: name)
        _ = try await Self.openssl(
            "dgst", "-sha256", "-sign", folder.path("key.pem"), "-out", folder.path(name + ".sig"), signed)
        let signature = try Data(contentsOf: folder.url.appendingPathComponent(name + ".sig"))
        return "\(header).\(claims).\(Self.url(signature))"
    }

    private static func url(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    private static func openssl(_ arguments: String...) async throws -> [String] {
        let process = try ChildProcess(["openssl"] + arguments, deadline: .seconds(60))
        process.closeInput()
        guard await process.end() == .exit(0) else {
            throw KafkaFixtureError("openssl: \(process.errors.lines.joined(separator: "\n"))")
        }
        return process.output.lines
    }
}

import Foundation
import KafkaWire
import ScriptedBroker
import Testing

/// A server that speaks SCRAM otherwise than it should.
struct ScramServer: Sendable, CustomTestStringConvertible {
    let name: String
    /// The error that a client must have of it.
    let error: String
    let says: String
    /// The server's first message, for this nonce of the client's.
    var first: @Sendable (String) -> String = { "r=\($0)x,s=c2FsdHNhbHQ=,i=4096" }
    var final = "v=" + Data(repeating: 7, count: 32).base64EncodedString()

    var testDescription: String { name }

    static let forged = ScramServer(
        name: "a signature that is not the password's", error: "server_not_authenticated", says: "signature is wrong")

    static let flood = ScramServer(
        name: "10 MB of a first message", error: "auth.aborted",
        says: "the answer to the login is a frame of 100000", first: { _ in String(repeating: "x", count: 10_000_000) })

    static let all = [
        forged,
        ScramServer(name: "no signature", error: "server_not_authenticated", says: "no signature", final: ""),
        ScramServer(
            name: "a nonce that is not the client's", error: "server_not_authenticated",
            says: "nonce does not continue", first: { _ in "r=stranger,s=c2FsdHNhbHQ=,i=4096" }),
        ScramServer(
            name: "one iteration", error: "auth.aborted", says: "asks for 1 iterations (4096 to 100000",
            first: { "r=\($0)x,s=c2FsdHNhbHQ=,i=1" }),
        ScramServer(
            name: "2^31 iterations", error: "auth.aborted", says: "asks for 2147483648 iterations",
            first: { "r=\($0)x,s=c2FsdHNhbHQ=,i=2147483648" }),
        ScramServer(
            name: "5 KB of a first message", error: "auth.aborted", says: "bytes (at most 4096 accepted)",
            first: { "r=\($0)" + String(repeating: "x", count: 5000) + ",s=c2FsdHNhbHQ=,i=4096" }),
        flood,
        ScramServer(
            name: "an error for a first message", error: "auth", says: "the server refused: unknown-user",
            first: { _ in "e=unknown-user" }),
        ScramServer(
            name: "an error for a last word", error: "auth", says: "the server refused: invalid-proof",
            final: "e=invalid-proof"),
    ]

    /// Runs `body` with this server on a port of this machine.
    func serving<R: Sendable>(_ body: (ScriptedCluster) async throws -> R) async throws -> R {
        var model = ClusterModel()
        model.mechanisms = ["SCRAM-SHA-256"]
        return try await ScriptedCluster.with(model) { cluster in
            cluster.on(SaslAuthenticateRequest.self) { request, call in
                let message = String(decoding: request.authBytes, as: UTF8.self)
                let nonce = message.split(separator: ",").first { $0.hasPrefix("r=") }.map { String($0.dropFirst(2)) }
                let answer = message.hasPrefix("n,,") ? first(nonce ?? "") : final
                guard answer.utf8.count > 1 << 20 else { return .answer(.with { $0.authBytes = Array(answer.utf8) }) }
                // By hand, since nobody reads as far as what is in it.
                let head = [Int32(4 + answer.utf8.count), call.correlationID].flatMap { number in
                    (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
                }
                return .bytes(head + Array(answer.utf8))
            }
            return try await body(cluster)
        }
    }

    /// Of a client that logs in there.
    static let properties = """
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=SCRAM-SHA-256
        sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
        username="alice" password="alice-pencil";

        """
}

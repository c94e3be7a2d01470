import EmbeddedKafka
import Gate
import TLS
import Transport
import Value

/// How a test runs its gate: arguments, and what options of `sluice run` would say.
struct RunSetup: Sendable {
    /// A principal to act as: its client properties on each cluster.
    struct Principal: Sendable {
        var name: String
        var properties: [String: String]
    }

    /// Passwords that are shown at logins, by user.
    var passwords: [String: String] = [:]

    var arguments: [ByteString: Value] = [:]
    var properties: [ClusterSide: [String: String]] = [:]
    var principals: [Principal] = []
    /// As a plan file holds it, without clusters and gates.
    var plan: Value?
    var mapTopics: String?
    var mapGroups: String?
    var wait: Duration?
    var hold: Duration?
    var watch: Duration?
    var every: Duration?
    var gateTimeout: Duration?
    /// Evidence of earlier runs.
    var freeze: [UInt8]?
    var priors: [[UInt8]] = []
    /// Another gate than the one that is tested, by its path from there.
    var otherGate: String?
    /// The name of the machine it runs on.
    var host = "test"
    var effects: Set<Effect> = []
}

extension World.Side {
    /// `HOST:PORT,…` of the listener that a client with these properties means.
    ///
    /// Where no broker has a certificate there is no listener with TLS: whoever asks for one meets a broker that does
    /// not speak it.
    func bootstrap(_ properties: [String: String]) -> String {
        let hasTLS = state.brokers.contains { $0.certificate != nil }
        let listener: Listener =
            switch properties["security.protocol"] {
            case "SSL": hasTLS ? .ssl : .plaintext
            case "SASL_SSL": hasTLS ? .saslSSL : .sasl
            case "SASL_PLAINTEXT": .sasl
            default: .plaintext
            }
        return state.brokers.compactMap { $0.endpoints[listener] }.map { "\($0.host):\($0.port)" }
            .joined(separator: ",")
    }
}

extension World {
    /// Where certificates of a client come from in a world: `certificate`, the name that one is made for.
    static let certificateKey = "certificate"

    /// Properties with what a client of TLS needs: whom it trusts, unless that is said, and the certificate it shows.
    func secured(_ properties: [String: String]) throws(WorldError) -> [String: String] {
        var properties = properties
        let name = properties.removeValue(forKey: Self.certificateKey)
        guard ["SSL", "SASL_SSL"].contains(properties["security.protocol"]) else { return properties }
        do throws(TLSFailure) {
            if !properties.keys.contains(where: { $0.hasPrefix("ssl.truststore.") || $0.hasPrefix("ssl.ca.") }) {
                properties["ssl.truststore.type"] = "PEM"
                properties["ssl.truststore.certificates"] = try authorities.trusted()
            }
            if let name {
                let day: Int64 = 86_400_000
                let own = try authorities.client(name, from: nowMs - day, to: nowMs + 365 * day)
                properties["ssl.keystore.type"] = "PEM"
                properties["ssl.keystore.certificate.chain"] = own.chain
                properties["ssl.keystore.key"] = own.key
            }
        } catch {
            throw WorldError(error.message)
        }
        return properties
    }
}

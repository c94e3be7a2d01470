import EmbeddedKafka
import Gate
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
    var effects: Set<Effect> = []

    /// Which listener a client with these properties means.
    ///
    /// A listener with TLS is not there: whoever asks for one meets a broker that does not speak it.
    static func listener(_ properties: [String: String]) -> Listener {
        let name = properties["security.protocol"] ?? "PLAINTEXT"
        let plain = name == "SSL" ? "PLAINTEXT" : name == "SASL_SSL" ? "SASL_PLAINTEXT" : name
        return Listener(rawValue: plain) ?? .plaintext
    }
}

extension World.Side {
    /// `HOST:PORT,…` of the listener that a client with these properties means.
    func bootstrap(_ properties: [String: String]) -> String {
        let listener = RunSetup.listener(properties)
        return state.brokers.compactMap { $0.endpoints[listener] }.map { "\($0.host):\($0.port)" }
            .joined(separator: ",")
    }
}

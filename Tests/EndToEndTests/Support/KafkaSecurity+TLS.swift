import TLSFixtures

extension KafkaSecurity {
    /// The settings of a TLS listener that shows this certificate; with `trusting`, it demands one of its clients that
    /// the file's certificates issued.
    static func tls(
        _ listener: String, _ identity: TestAuthority.Identity, trusting clients: String? = nil
    ) -> [String: String] {
        let prefix = "listener.name.\(listener.lowercased()).ssl"
        var properties = ["\(prefix).keystore.type": "PEM", "\(prefix).keystore.location": identity.store]
        if let clients {
            properties["\(prefix).truststore.type"] = "PEM"
            properties["\(prefix).truststore.location"] = clients
            properties["\(prefix).client.auth"] = "required"
        }
        return properties
    }

    /// The users of a listener with SASL/PLAIN.
    static func plainUsers(_ listener: String, _ passwords: [String: String]) -> [String: String] {
        let users = passwords.sorted { $0.key < $1.key }.map { " user_\($0.key)=\"\($0.value)\"" }.joined()
        return [
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.\(listener.lowercased()).plain.sasl.jaas.config":
                "org.apache.kafka.common.security.plain.PlainLoginModule required\(users);",
        ]
    }

    /// The `client.properties` of a client that trusts this file.
    static func tlsClient(trusting root: String, _ more: [String: String] = [:]) -> String {
        let all = [
            "security.protocol": "SSL", "ssl.truststore.type": "PEM", "ssl.truststore.location": root,
        ].merging(more) { $1 }
        return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    }
}

/// Settings of a cluster where principals log in, beside the open `PLAINTEXT` listener of the fixtures.
enum KafkaSecurity {
    /// The listener that `saslPlain` sets up, for `RealKafka.start` and `RealKafka.bootstrap`.
    static let listener = "SASL"
    static let listeners = [listener: "SASL_PLAINTEXT"]

    /// SASL/PLAIN with these passwords by user, and ACLs that bind them; who comes without a name may do everything.
    static func saslPlain(_ passwords: [String: String]) -> [String: String] {
        let users = passwords.sorted { $0.key < $1.key }.map { " user_\($0.key)=\"\($0.value)\"" }.joined()
        return [
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config":
                "org.apache.kafka.common.security.plain.PlainLoginModule required\(users);",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        ]
    }

    /// The `client.properties` of such a user.
    static func clientProperties(user: String, password: String) -> String {
        """
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=PLAIN
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
        username="\(user)" password="\(password)";

        """
    }
}

/// Settings of a cluster where principals log in, beside the open `PLAINTEXT` listener of the fixtures.
enum KafkaSecurity {
    /// The listener where users log in with SASL/PLAIN.
    static let listener = "SASL"
    /// The same for a suite of its own, since the broker's log tells refused logins apart by their listener alone.
    static let otherListener = "LOGIN"
    /// A listener that takes another mechanism than PLAIN.
    static let scramListener = "SCRAM"
    /// A listener that answers, and advertises an address where nobody does.
    static let lostListener = "LOST"
    static let listeners = [
        listener: "SASL_PLAINTEXT", otherListener: "SASL_PLAINTEXT", scramListener: "SASL_PLAINTEXT",
        lostListener: "PLAINTEXT",
    ]

    /// The users of the shared cluster, with passwords that tests look for in places where they must not be.
    static let passwords = ["billing": "c4nary+/=s3cret billing", "orders": "c4nary+/=s3cret orders"]

    /// SASL/PLAIN with these passwords by user, and ACLs that bind them; who comes without a name may do everything.
    static func saslPlain(_ passwords: [String: String] = passwords) -> [String: String] {
        let users = passwords.sorted { $0.key < $1.key }.map { " user_\($0.key)=\"\($0.value)\"" }.joined()
        let module = "org.apache.kafka.common.security.plain.PlainLoginModule required\(users);"
        return [
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": module,
            "listener.name.login.plain.sasl.jaas.config": module,
            "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.scram.scram-sha-512.sasl.jaas.config":
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
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

import Value

/// What each key of a Java or librdkafka configuration means here.
package enum KnownKeys {
    package enum Meaning: Sendable, Hashable {
        case setting(Setting)
        /// Valid, and of no interest to a tool that neither joins groups nor produces for a living.
        case ignored
        /// Valid and ignored, but what it holds must not get out.
        case ignoredSecret
        /// Valid, and somebody who sets it expects something that does not happen here.
        case withoutEffect
    }

    /// Nil for a key that no client knows.
    package static func meaning(of key: String) -> Meaning? {
        if let setting = Setting(rawValue: key) ?? aliases[key] { return .setting(setting) }
        if withoutEffect.contains(key) { return .withoutEffect }
        if ignoredSecrets.contains(key) { return .ignoredSecret }
        if ignored.contains(key) { return .ignored }
        // Parameters of providers and interceptors have names of their owners' making.
        if prefixes.contains(where: { key.utf8.starts(with: $0.utf8) }) {
            return soundsSecret(key) ? .ignoredSecret : .ignored
        }
        return nil
    }

    /// The key somebody meant who wrote one that no client knows.
    package static func nearest(to key: String) -> String? { NearestName.nearestName(to: key, among: all, within: 4) }

    /// Whether an unknown key holds a secret: it sounds like one, or is a slip of the hand for one that does.
    static func meansSecret(_ key: String) -> Bool {
        guard !soundsSecret(key) else { return true }
        guard let near = nearest(to: key) else { return false }
        return switch meaning(of: near) {
        case .setting(let setting): setting.isSecret
        case .ignoredSecret: true
        default: false
        }
    }

    /// Whether the value of an unknown key should be treated as a secret all the same.
    package static func soundsSecret(_ key: String) -> Bool {
        let name = key.lowercased()
        return ["password", "passwd", "passphrase", "secret", "token", "jaas", "user.info"].contains {
            name.contains($0)
        }
    }

    /// Other names for a setting: librdkafka's, and older ones of Java's.
    package static let aliases: [String: Setting] = [
        "metadata.broker.list": .bootstrapServers,
        "sasl.mechanisms": .saslMechanism,
        "socket.timeout.ms": .requestTimeout,
        "fetch.wait.max.ms": .fetchMaxWait,
        "fetch.message.max.bytes": .maxPartitionFetchBytes,
        "sasl.oauthbearer.client.id": .oauthClientID,
        "sasl.oauthbearer.client.secret": .oauthClientSecret,
        "metadata.authentication.type": .oauthMetadataAuthentication,
        "ssl.ca.pem": .trustStoreCertificates,
        "ssl.certificate.pem": .keyStoreCertificateChain,
        "ssl.key.pem": .keyStoreKey,
    ]

    private static let all = Setting.allCases.map(\.rawValue) + aliases.keys + ignored + ignoredSecrets + withoutEffect

    private static let prefixes = ["config.providers.", "confluent.", "interceptor.", "metrics.context."]
}

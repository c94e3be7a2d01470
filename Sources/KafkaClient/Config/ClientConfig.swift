/// How to reach one cluster as one principal: everything the connection layer needs, typed and checked.
package struct ClientConfig: Sendable, Hashable {
    package enum DNSLookup: String, Sendable, CaseIterable {
        case useAllDNSIPs = "use_all_dns_ips"
        case resolveCanonicalBootstrapServersOnly = "resolve_canonical_bootstrap_servers_only"
    }

    /// A wait that grows from the first to the longest.
    package struct Backoff: Sendable, Hashable {
        package var first: Duration
        package var longest: Duration

        package init(first: Duration, longest: Duration) {
            self.first = first
            self.longest = longest
        }
    }

    /// What one fetch may ask for.
    package struct Fetch: Sendable, Hashable {
        package var maxBytes: Int32 = 50 * 1024 * 1024
        package var minBytes: Int32 = 1
        package var maxPartitionBytes: Int32 = 1024 * 1024
        package var maxWait: Duration = .milliseconds(500)

        package init() {}
    }

    /// Never empty when it comes from `ClientConfigBuilder`.
    package var bootstrap: [HostPort]
    package var securityProtocol: SecurityProtocol = .plaintext
    /// Set exactly where the protocol has SASL in it.
    package var sasl: SaslConfig?
    /// Set exactly where the protocol has TLS in it.
    package var tls: TLSConfig?

    package var clientID = "sluice"
    package var clientRack: String?
    package var dnsLookup: DNSLookup = .useAllDNSIPs
    package var requestTimeout: Duration = .seconds(30)
    package var defaultAPITimeout: Duration = .seconds(60)
    package var connectionSetupTimeout = Backoff(first: .seconds(10), longest: .seconds(30))
    package var reconnectBackoff = Backoff(first: .milliseconds(50), longest: .seconds(1))
    package var retryBackoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
    /// Nil: connections are not closed for being idle.
    package var connectionsMaxIdle: Duration? = .seconds(540)
    package var metadataMaxAge: Duration = .seconds(300)
    package var fetch = Fetch()

    /// What `sluice plan` prints.
    private var shown: [ShownSetting] = []

    package init(bootstrap: [HostPort]) { self.bootstrap = bootstrap }

    /// Keeps the origins of its settings for `describe()`.
    mutating func show(_ settings: [ShownSetting]) { shown = settings }

    /// Whether a login would put a reusable password on the wire in clear: SASL/PLAIN without TLS.
    ///
    /// Refused (exit 78) unless the run allows `plaintext_password`.
    package var sendsPasswordInClear: Bool {
        guard securityProtocol == .saslPlaintext, case .plain = sasl else { return false }
        return true
    }

    /// Each setting in force with its origin, in the order of `Setting`; secrets as `‹secret›`.
    package func describe() -> [ShownSetting] { shown }
}

/// A line of `sluice plan`: a setting in force, fit to be shown, and where it came from.
package struct ShownSetting: Sendable, Hashable {
    /// The canonical key.
    package var key: String
    package var value: String
    package var origin: ConfigOrigin
    /// The references it came through, as written: `${env:KAFKA_PASSWORD}`.
    package var references: [String] = []
}

extension ShownSetting: CustomStringConvertible {
    package var description: String {
        let through = references.isEmpty ? "" : " via \(references.joined(separator: " "))"
        return "\(key) = \(value)  (\(origin)\(through))"
    }
}

/// `security.protocol`.
package enum SecurityProtocol: String, Sendable, CaseIterable {
    case plaintext = "PLAINTEXT"
    case ssl = "SSL"
    case saslPlaintext = "SASL_PLAINTEXT"
    case saslSsl = "SASL_SSL"

    package var usesTLS: Bool { self == .ssl || self == .saslSsl }
    package var usesSasl: Bool { self == .saslPlaintext || self == .saslSsl }
}

/// What a client configuration can say that matters here, each under its canonical name: Java's, or librdkafka's where
/// Java has none.
package enum Setting: String, Sendable, CaseIterable {
    case bootstrapServers = "bootstrap.servers"
    case securityProtocol = "security.protocol"
    case clientID = "client.id"
    case clientRack = "client.rack"
    case clientDNSLookup = "client.dns.lookup"
    case requestTimeout = "request.timeout.ms"
    case defaultAPITimeout = "default.api.timeout.ms"
    case connectionSetupTimeout = "socket.connection.setup.timeout.ms"
    case connectionSetupTimeoutMax = "socket.connection.setup.timeout.max.ms"
    case reconnectBackoff = "reconnect.backoff.ms"
    case reconnectBackoffMax = "reconnect.backoff.max.ms"
    case retryBackoff = "retry.backoff.ms"
    case retryBackoffMax = "retry.backoff.max.ms"
    case connectionsMaxIdle = "connections.max.idle.ms"
    case metadataMaxAge = "metadata.max.age.ms"
    case fetchMaxBytes = "fetch.max.bytes"
    case fetchMinBytes = "fetch.min.bytes"
    case fetchMaxWait = "fetch.max.wait.ms"
    case maxPartitionFetchBytes = "max.partition.fetch.bytes"

    case saslMechanism = "sasl.mechanism"
    case saslJaasConfig = "sasl.jaas.config"
    case saslUsername = "sasl.username"
    case saslPassword = "sasl.password"
    case saslClientCallbackHandler = "sasl.client.callback.handler.class"
    case saslLoginCallbackHandler = "sasl.login.callback.handler.class"
    case saslLoginClass = "sasl.login.class"
    case loginConnectTimeout = "sasl.login.connect.timeout.ms"
    case loginReadTimeout = "sasl.login.read.timeout.ms"
    case loginRetryBackoff = "sasl.login.retry.backoff.ms"
    case loginRetryBackoffMax = "sasl.login.retry.backoff.max.ms"
    case loginRefreshWindowFactor = "sasl.login.refresh.window.factor"
    case loginRefreshWindowJitter = "sasl.login.refresh.window.jitter"
    case loginRefreshMinPeriod = "sasl.login.refresh.min.period.seconds"
    case loginRefreshBuffer = "sasl.login.refresh.buffer.seconds"

    case oauthTokenEndpointURL = "sasl.oauthbearer.token.endpoint.url"
    case oauthClientID = "sasl.oauthbearer.client.credentials.client.id"
    case oauthClientSecret = "sasl.oauthbearer.client.credentials.client.secret"
    case oauthScope = "sasl.oauthbearer.scope"
    case oauthScopeClaimName = "sasl.oauthbearer.scope.claim.name"
    case oauthSubClaimName = "sasl.oauthbearer.sub.claim.name"
    case oauthHeaderURLEncode = "sasl.oauthbearer.header.urlencode"
    case oauthExtensions = "sasl.oauthbearer.extensions"
    case oauthMethod = "sasl.oauthbearer.method"
    case oauthGrantType = "sasl.oauthbearer.grant.type"
    case oauthMetadataAuthentication = "sasl.oauthbearer.metadata.authentication.type"
    case oauthJwtRetriever = "sasl.oauthbearer.jwt.retriever.class"
    case oauthUnsecuredConfig = "sasl.oauthbearer.config"
    case oauthAllowUnsecured = "enable.sasl.oauthbearer.unsecure.jwt"
    case httpsCALocation = "https.ca.location"
    case httpsCAPem = "https.ca.pem"

    case kerberosServiceName = "sasl.kerberos.service.name"
    case kerberosPrincipal = "sasl.kerberos.principal"
    case kerberosKeytab = "sasl.kerberos.keytab"

    case trustStoreType = "ssl.truststore.type"
    case trustStoreLocation = "ssl.truststore.location"
    case trustStorePassword = "ssl.truststore.password"
    case trustStoreCertificates = "ssl.truststore.certificates"
    case caLocation = "ssl.ca.location"
    case keyStoreType = "ssl.keystore.type"
    case keyStoreLocation = "ssl.keystore.location"
    case keyStorePassword = "ssl.keystore.password"
    case keyStoreKey = "ssl.keystore.key"
    case keyStoreCertificateChain = "ssl.keystore.certificate.chain"
    case certificateLocation = "ssl.certificate.location"
    case keyLocation = "ssl.key.location"
    case keyPassword = "ssl.key.password"
    case endpointIdentification = "ssl.endpoint.identification.algorithm"
    case certificateVerification = "enable.ssl.certificate.verification"
    case enabledProtocols = "ssl.enabled.protocols"
    case cipherSuites = "ssl.cipher.suites"
}

extension Setting {
    package enum Kind: Sendable, Hashable {
        case text, integer, decimal, milliseconds, seconds, bool, list, path, secret
        /// PEM in the value itself: no secret, but nobody wants to see it in a table.
        case certificates
        /// `sasl.jaas.config`: a secret with parts that are none.
        case jaas
    }

    package var kind: Kind {
        switch self {
        case .requestTimeout, .defaultAPITimeout, .connectionSetupTimeout, .connectionSetupTimeoutMax,
            .reconnectBackoff, .reconnectBackoffMax, .retryBackoff, .retryBackoffMax, .connectionsMaxIdle,
            .metadataMaxAge, .fetchMaxWait, .loginConnectTimeout, .loginReadTimeout, .loginRetryBackoff,
            .loginRetryBackoffMax:
            .milliseconds
        case .loginRefreshMinPeriod, .loginRefreshBuffer: .seconds
        case .loginRefreshWindowFactor, .loginRefreshWindowJitter: .decimal
        case .fetchMaxBytes, .fetchMinBytes, .maxPartitionFetchBytes: .integer
        case .oauthHeaderURLEncode, .oauthAllowUnsecured, .certificateVerification: .bool
        case .bootstrapServers, .enabledProtocols, .cipherSuites, .oauthExtensions: .list
        case .saslPassword, .oauthClientSecret, .trustStorePassword, .keyStorePassword, .keyStoreKey, .keyPassword:
            .secret
        case .saslJaasConfig: .jaas
        case .trustStoreCertificates, .keyStoreCertificateChain, .httpsCAPem: .certificates
        case .trustStoreLocation, .keyStoreLocation, .caLocation, .certificateLocation, .keyLocation, .kerberosKeytab,
            .httpsCALocation:
            .path
        default: .text
        }
    }

    /// Whether its value is kept from every output.
    package var isSecret: Bool { kind == .secret || kind == .jaas }
}

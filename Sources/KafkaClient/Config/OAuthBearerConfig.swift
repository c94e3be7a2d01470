package import Secrets

/// How a login gets its token and what it says beside it.
package struct OAuthBearerConfig: Sendable, Hashable {
    package enum Token: Sendable, Hashable {
        /// Asked for at an endpoint (KIP-768).
        case clientCredentials(ClientCredentials)
        /// Read from a file at each login.
        case file(String)
        /// Made up here, without a signature: for tests.
        case unsecured(Unsecured)
        /// A presigned AWS request.
        case awsMskIam(AwsMskIamConfig)
    }

    package struct ClientCredentials: Sendable, Hashable {
        /// An `http` or `https` address without user and password.
        package var endpoint: String
        package var clientID: String
        package var clientSecret: Secret
        package var scope: String?
        /// Whether id and secret are URL-encoded in the header.
        package var urlEncodesHeader = false
        /// What the endpoint's own TLS trusts.
        package var trust: TLSConfig.Trust = .system

        package init(endpoint: String, clientID: String, clientSecret: Secret) {
            self.endpoint = endpoint
            self.clientID = clientID
            self.clientSecret = clientSecret
        }
    }

    package struct Unsecured: Sendable, Hashable {
        package var principal: String
        package var principalClaimName = "sub"
        package var scopes: [String] = []
        package var scopeClaimName = "scope"
        package var lifetime: Duration = .seconds(3600)

        package init(principal: String) { self.principal = principal }
    }

    /// Said to the broker beside the token, as Confluent's `logicalCluster` is.
    package struct Extension: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// When a token is renewed before it ends.
    package struct Refresh: Sendable, Hashable {
        package var windowFactor = 0.8
        package var windowJitter = 0.05
        package var minPeriod: Duration = .seconds(60)
        package var buffer: Duration = .seconds(300)

        package init() {}
    }

    package var token: Token
    package var extensions: [Extension] = []
    package var scopeClaimName = "scope"
    package var subClaimName = "sub"
    package var refresh = Refresh()
    /// Nil: as long as the login itself may take.
    package var connectTimeout: Duration?
    package var readTimeout: Duration?
    package var retryBackoff = ClientConfig.Backoff(first: .milliseconds(100), longest: .seconds(10))

    package init(token: Token) { self.token = token }
}

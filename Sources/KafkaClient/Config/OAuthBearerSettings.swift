import Secrets

extension SettingTable {
    /// The token of a login and what goes with it.
    mutating func oauthBearer(_ login: SaslLogin) throws(ConfigError) -> OAuthBearerConfig {
        try refuseOtherGrants()
        var config = OAuthBearerConfig(token: try token(login))
        config.extensions = try extensions(login)
        config.scopeClaimName = text(.oauthScopeClaimName) ?? config.scopeClaimName
        config.subClaimName = text(.oauthSubClaimName) ?? config.subClaimName
        // The ranges are Java's.
        config.refresh.windowFactor =
            try decimal(.loginRefreshWindowFactor, in: 0.5...1) ?? config.refresh.windowFactor
        config.refresh.windowJitter =
            try decimal(.loginRefreshWindowJitter, in: 0...0.25) ?? config.refresh.windowJitter
        config.refresh.minPeriod =
            try integer(.loginRefreshMinPeriod, in: 0...900).map { .seconds($0) } ?? config.refresh.minPeriod
        config.refresh.buffer =
            try integer(.loginRefreshBuffer, in: 0...3600).map { .seconds($0) } ?? config.refresh.buffer
        config.connectTimeout = try milliseconds(.loginConnectTimeout)
        config.readTimeout = try milliseconds(.loginReadTimeout)
        config.retryBackoff = try backoff(.loginRetryBackoff, .loginRetryBackoffMax, default: config.retryBackoff)
        return config
    }

    private func refuseOtherGrants() throws(ConfigError) {
        if let grant = text(.oauthGrantType), grant != "client_credentials" {
            throw failure(
                .unsupported, "\(ConfigText.quoted(grant)) is not spoken here", about: .oauthGrantType,
                hint: "client_credentials; or put a token into a file and name it as file:///PATH")
        }
        let package = "org.apache.kafka.common.security.oauthbearer."
        let retrievers = ["DefaultJwtRetriever", "ClientCredentialsJwtRetriever", "FileJwtRetriever"]
        if let retriever = text(.oauthJwtRetriever), !retrievers.contains(where: { package + $0 == retriever }) {
            let shown = ConfigText.looksLikeClass(retriever) ? retriever : "(not a class name)"
            throw failure(
                .unsupported, "class \(shown) cannot run here", about: .oauthJwtRetriever,
                hint: "put a token into a file and name it as file:///PATH")
        }
        if let method = text(.oauthMethod), method != "default", method != "oidc" {
            throw failure(
                .badValue, "\(ConfigText.quoted(method)) is not known", about: .oauthMethod, hint: "default or oidc")
        }
    }

    /// A source of tokens that is named comes before one that only follows from other settings.
    private func token(_ login: SaslLogin) throws(ConfigError) -> OAuthBearerConfig.Token {
        let handler = text(.saslLoginCallbackHandler)
        if handler == SaslLogin.iamTokenHandler { return .awsMskIam(try awsMskIam(login)) }
        switch text(.oauthMetadataAuthentication) {
        case nil, "none": break
        case "aws_iam": return .awsMskIam(try awsMskIam(login))
        case .some(let type):
            throw failure(
                .unsupported, "\(ConfigText.quoted(type)) is not spoken here", about: .oauthMetadataAuthentication,
                hint: "aws_iam, none")
        }
        if handler != SaslLogin.unsecuredHandler, let address = text(.oauthTokenEndpointURL) {
            return try endpoint(address, login)
        }
        if let unsecured = try unsecured(login) { return .unsecured(unsecured) }
        throw failure(
            .missing, "OAUTHBEARER has no source of tokens", about: .oauthTokenEndpointURL,
            hint: "an https:// endpoint, or file:///PATH of a token")
    }

    private func endpoint(_ address: String, _ login: SaslLogin) throws(ConfigError) -> OAuthBearerConfig.Token {
        let lower = address.lowercased()
        if lower.utf8.starts(with: "file:".utf8) {
            let rest = address.utf8.dropFirst(5)
            let path = rest.starts(with: "//".utf8) ? rest.dropFirst(2) : rest
            guard path.first == UInt8(ascii: "/") else {
                throw failure(
                    .badValue, "a file: address needs an absolute path", about: .oauthTokenEndpointURL,
                    hint: "file:///PATH")
            }
            return .file(String(decoding: path, as: UTF8.self))
        }
        guard lower.utf8.starts(with: "https://".utf8) || lower.utf8.starts(with: "http://".utf8) else {
            throw failure(
                .badValue, "is no address of a token endpoint", about: .oauthTokenEndpointURL,
                hint: "https://…, or file:///PATH of a token")
        }
        guard !address.utf8.contains(UInt8(ascii: "@")) else {
            throw failure(
                .badValue, "holds a user or a password", about: .oauthTokenEndpointURL,
                hint: "they belong into the client id and the client secret")
        }
        var client = OAuthBearerConfig.ClientCredentials(
            endpoint: address, clientID: try one(.oauthClientID, "clientId", login),
            clientSecret: Secret(try one(.oauthClientSecret, "clientSecret", login)))
        client.scope = text(.oauthScope) ?? login["scope"]
        client.urlEncodesHeader = try bool(.oauthHeaderURLEncode) ?? false
        client.trust = try endpointTrust(login)
        return .clientCredentials(client)
    }

    /// A value that Java takes from a setting (KIP-1139) or, before 4.1, from the login module.
    private func one(_ setting: Setting, _ option: String, _ login: SaslLogin) throws(ConfigError) -> String {
        if let value = text(setting) {
            guard login[option] == nil else {
                throw failure(.conflict, "contradicts \(option) in sasl.jaas.config", about: setting)
            }
            return value
        }
        guard let value = login[option] else {
            throw failure(
                .missing, "the token endpoint needs one", about: setting,
                hint: "or \(option) in sasl.jaas.config")
        }
        return value
    }

    private func endpointTrust(_ login: SaslLogin) throws(ConfigError) -> TLSConfig.Trust {
        try refuse(.httpsCALocation, with: .httpsCAPem)
        if let pem = text(.httpsCAPem) { return .inline(pem) }
        if let path = text(.httpsCALocation) {
            return path == "probe" ? .system : .file(path, declared: nil, password: nil)
        }
        if let pem = login["ssl.truststore.certificates"] { return .inline(pem) }
        guard let path = login["ssl.truststore.location"] else { return .system }
        return .file(
            path, declared: login["ssl.truststore.type"].flatMap { TLSConfig.StoreType(rawValue: $0.uppercased()) },
            password: login["ssl.truststore.password"].map { Secret($0) })
    }
}

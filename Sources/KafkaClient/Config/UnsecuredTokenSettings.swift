extension SettingTable {
    /// An unsigned token, from Java's login module or librdkafka's own little language; nil where none is asked for.
    func unsecured(_ login: SaslLogin) throws(ConfigError) -> OAuthBearerConfig.Unsecured? {
        let claim = login["unsecuredLoginPrincipalClaimName"] ?? "sub"
        if let principal = login["unsecuredLoginStringClaim_\(claim)"] {
            return try unsecured(principal: principal, claim: claim, login)
        }
        guard let text = text(.oauthUnsecuredConfig) else { return nil }
        guard try bool(.oauthAllowUnsecured) == true else {
            throw failure(
                .missing, "an unsecured token is for tests and must be asked for", about: .oauthUnsecuredConfig,
                hint: "enable.sasl.oauthbearer.unsecure.jwt=true")
        }
        let pairs = NameAndValue.all(in: text)
        func value(_ name: String) -> String? { pairs.last { $0.name == name }?.value }
        guard let principal = value("principal"), !principal.isEmpty else {
            throw failure(.missing, "has no principal", about: .oauthUnsecuredConfig, hint: "principal=NAME")
        }
        var token = OAuthBearerConfig.Unsecured(principal: principal)
        token.principalClaimName = value("principalClaimName") ?? token.principalClaimName
        token.scopeClaimName = value("scopeClaimName") ?? token.scopeClaimName
        token.scopes = ConfigList.entries(value("scope") ?? "").filter { !$0.isEmpty }
        token.lifetime = try lifetime(value("lifeSeconds"), about: .oauthUnsecuredConfig) ?? token.lifetime
        return token
    }

    private func unsecured(
        principal: String, claim: String, _ login: SaslLogin
    ) throws(ConfigError) -> OAuthBearerConfig.Unsecured {
        var token = OAuthBearerConfig.Unsecured(principal: principal)
        token.principalClaimName = claim
        token.scopeClaimName = login["unsecuredLoginScopeClaimName"] ?? token.scopeClaimName
        if let list = login["unsecuredLoginListClaim_scope"] {
            // Java's form: the first character is the separator, as in ",a,b".
            let separator = String(list.prefix(1))
            token.scopes = ConfigList.entries(String(list.dropFirst()), separators: separator).filter { !$0.isEmpty }
        } else if let scope = login["unsecuredLoginStringClaim_scope"] {
            token.scopes = ConfigList.entries(scope, separators: " ").filter { !$0.isEmpty }
        }
        token.lifetime = try lifetime(login["unsecuredLoginLifetimeSeconds"], about: .saslJaasConfig) ?? token.lifetime
        return token
    }

    private func lifetime(_ text: String?, about setting: Setting) throws(ConfigError) -> Duration? {
        guard let text else { return nil }
        guard let seconds = Int64(text), (1...315_360_000).contains(seconds) else {
            throw failure(.badValue, "the lifetime of the token is not a number of seconds", about: setting)
        }
        return .seconds(seconds)
    }
}

/// `name=value`.
struct NameAndValue: Hashable {
    var name: String
    var value: String

    /// Nil where there is no `=` or no name.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return nil }
        name = String(decoding: bytes[..<sign], as: UTF8.self)
        value = String(decoding: bytes[(sign + 1)...], as: UTF8.self)
    }

    /// Pairs with spaces between them; what is no pair is left out.
    static func all(in text: String) -> [NameAndValue] {
        ConfigList.entries(text, separators: " ").compactMap { NameAndValue($0) }
    }
}

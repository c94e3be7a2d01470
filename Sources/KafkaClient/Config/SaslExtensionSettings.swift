extension SettingTable {
    /// What is said to the broker beside the token, from the login module and librdkafka's settings.
    func extensions(_ login: SaslLogin) throws(ConfigError) -> [OAuthBearerConfig.Extension] {
        var pairs: [(name: String, value: String)] = []
        for option in login.jaas?.options ?? [] {
            for prefix in ["extension_", "unsecuredLoginExtension_"] where option.name.utf8.starts(with: prefix.utf8) {
                pairs.append((String(option.name.dropFirst(prefix.count)), option.value))
            }
        }
        for entry in list(.oauthExtensions) ?? [] {
            guard let pair = NameAndValue(entry) else {
                throw failure(.badValue, "an extension is written name=value", about: .oauthExtensions)
            }
            pairs.append((pair.name, pair.value))
        }
        for pair in NameAndValue.all(in: text(.oauthUnsecuredConfig) ?? "")
        where pair.name.utf8.starts(with: "extension_".utf8) {
            pairs.append((String(pair.name.dropFirst("extension_".count)), pair.value))
        }
        // RFC 7628: letters only, and `auth` is the token itself.
        for pair in pairs {
            let isName = !pair.name.isEmpty && pair.name.utf8.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
            guard isName, pair.name != "auth" else {
                throw failure(
                    .badValue, "the name of a SASL extension has letters only",
                    about: has(.oauthExtensions) ? .oauthExtensions : .saslJaasConfig)
            }
            // A control character would end the extension and start another.
            guard pair.value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A })
            else {
                throw failure(
                    .badValue, "SASL extension \(pair.name) has a character that cannot be sent",
                    about: has(.oauthExtensions) ? .oauthExtensions : .saslJaasConfig)
            }
        }
        return pairs.map { OAuthBearerConfig.Extension(name: $0.name, value: $0.value) }
    }
}

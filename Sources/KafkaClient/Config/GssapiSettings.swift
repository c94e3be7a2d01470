extension SettingTable {
    /// A Kerberos login, out of the login module and librdkafka's settings.
    func gssapi(_ login: SaslLogin) throws(ConfigError) -> GssapiConfig {
        func one(_ setting: Setting, _ option: String) throws(ConfigError) -> String? {
            guard let given = text(setting) else { return login[option] }
            if let other = login[option], other != given {
                throw failure(.conflict, "differs from \(option) in sasl.jaas.config", about: setting)
            }
            return given
        }
        guard let service = try one(.kerberosServiceName, "serviceName") ?? (login.jaas == nil ? "kafka" : nil) else {
            throw failure(
                .missing, "GSSAPI needs the service name of the brokers", about: .kerberosServiceName,
                hint: "usually kafka")
        }
        let keytab = try one(.kerberosKeytab, "keyTab")
        let asksForCache = login["useTicketCache"]?.lowercased()
        var config = GssapiConfig(
            serviceName: service, usesTicketCache: asksForCache.map { $0 == "true" } ?? (keytab == nil))
        config.principal = try one(.kerberosPrincipal, "principal")
        config.keytab = keytab
        config.ticketCache = login["ticketCache"]
        return config
    }
}

import Secrets
import Value

extension SettingTable {
    /// The login, where the protocol has one.
    mutating func sasl(for protocol: SecurityProtocol) throws(ConfigError) -> SaslConfig? {
        let given = [Setting.saslMechanism, .saslJaasConfig, .saslUsername].first { has($0) }
        guard `protocol`.usesSasl else {
            if let given {
                warn(
                    "has no effect: security.protocol is \(`protocol`.rawValue)", about: given,
                    hint: "SASL_SSL logs in over TLS")
            }
            return nil
        }
        let jaas = try jaas()
        let mechanism = try mechanism(jaas)
        var login = SaslLogin(mechanism: mechanism, module: nil, jaas: jaas)
        login.module = try module(for: login)
        try refuseForeignClasses(mechanism)
        warnAboutOptions(login)
        let config = try sasl(login)
        if `protocol` == .saslPlaintext, config.sendsToken {
            warn("the token can be read on the way", about: .securityProtocol, hint: "SASL_SSL logs in over TLS")
        }
        return config
    }

    private mutating func sasl(_ login: SaslLogin) throws(ConfigError) -> SaslConfig {
        let mechanism = login.mechanism
        switch mechanism {
        case .plain:
            let (user, password) = try userAndPassword(login)
            return .plain(user: user, password: password)
        case .scramSHA256, .scramSHA512:
            let (user, password) = try userAndPassword(login)
            let tokenAuth = login["tokenauth"]?.lowercased() == "true"
            return mechanism == .scramSHA256
                ? .scram256(user: user, password: password, tokenAuth: tokenAuth)
                : .scram512(user: user, password: password, tokenAuth: tokenAuth)
        case .oauthBearer: return .oauthBearer(try oauthBearer(login))
        case .awsMskIam:
            if login.jaas != nil, !has(.saslClientCallbackHandler) {
                warn(
                    "Java clients log in only with this set to \(SaslLogin.iamClientHandler)",
                    about: .saslClientCallbackHandler)
            }
            return .awsMskIam(try awsMskIam(login))
        case .gssapi: return .gssapi(try gssapi(login))
        }
    }

    /// Remarks on options that the module does not know, which Java leaves out without a word.
    ///
    /// Names are not shown: in a text with its quotes at the wrong places one may be a piece of the password.
    private mutating func warnAboutOptions(_ login: SaslLogin) {
        guard let module = login.module, let options = login.jaas?.options else { return }
        for (index, option) in options.enumerated() where !module.takes(option.name) {
            let nearest = NearestName.nearestName(to: option.name, among: module.options, within: 4)
            warn(
                "option \(index + 1) is none that \(module.shortName) knows", about: .saslJaasConfig,
                hint: nearest.map { "did you mean \($0)?" })
        }
    }

    private func mechanism(_ jaas: JaasConfig?) throws(ConfigError) -> SaslMechanism {
        if let mechanism: SaslMechanism = try choice(.saslMechanism) { return mechanism }
        let meant =
            switch jaas.flatMap({ LoginModule(rawValue: $0.module) }) {
            case .plain: "PLAIN"
            case .scram: "SCRAM-SHA-256 or SCRAM-SHA-512"
            case .oauthBearer: "OAUTHBEARER"
            case .awsMskIam: "AWS_MSK_IAM"
            case .kerberos: "GSSAPI"
            case nil: "PLAIN, SCRAM-SHA-512, …"
            }
        throw failure(
            .missing, "is not set, and the default of other clients, GSSAPI, is rarely meant", about: .saslMechanism,
            hint: "set it to \(meant)")
    }

    /// The login module, which must be the mechanism's: a Java client with another one cannot log in either.
    private func module(for login: SaslLogin) throws(ConfigError) -> LoginModule? {
        guard let jaas = login.jaas else { return nil }
        guard let module = LoginModule(rawValue: jaas.module) else {
            let names = LoginModule.allCases.map(\.rawValue)
            let name = ConfigText.looksLikeClass(jaas.module) ? jaas.module : "(not a class name)"
            throw failure(
                .unsupported, "login module \(name) is not known here", about: .saslJaasConfig,
                hint: NearestName.nearestName(to: jaas.module, among: names, within: 4).map { "did you mean \($0)?" }
                    ?? "one of \(names.joined(separator: ", "))")
        }
        guard module == login.expectedModule else {
            throw failure(
                .conflict, "\(module.shortName) cannot log in by \(login.mechanism.rawValue)", about: .saslJaasConfig,
                hint: "use \(login.expectedModule.rawValue)")
        }
        return module
    }

    /// Code of other people's cannot run here: it is refused by name, not left out.
    private func refuseForeignClasses(_ mechanism: SaslMechanism) throws(ConfigError) {
        for setting in [Setting.saslClientCallbackHandler, .saslLoginCallbackHandler, .saslLoginClass] {
            guard let name = text(setting) else { continue }
            let known = SaslLogin.knownClasses[setting]?[name]
            guard let known else {
                let shown = ConfigText.looksLikeClass(name) ? name : "(not a class name)"
                throw failure(
                    .unsupported, "class \(shown) cannot run here", about: setting,
                    hint: NearestName.nearestName(
                        to: name, among: SaslLogin.knownClasses[setting]?.keys.sorted() ?? [], within: 4
                    )
                    .map { "did you mean \($0)?" } ?? "ask for a mechanism that needs no class of its own")
            }
            guard known.isEmpty || known.contains(mechanism) else {
                throw failure(
                    .conflict, "this class does not serve \(mechanism.rawValue)", about: setting,
                    hint: "it serves \(known.map(\.rawValue).joined(separator: ", "))")
            }
        }
    }

    private func userAndPassword(_ login: SaslLogin) throws(ConfigError) -> (String, Secret) {
        if login.jaas != nil {
            for setting in [Setting.saslUsername, .saslPassword] { try refuse(setting, with: .saslJaasConfig) }
            let user = try required("username", in: login)
            return (user, Secret(try required("password", in: login)))
        }
        guard let user = text(.saslUsername) else {
            throw failure(
                .missing, "\(login.mechanism.rawValue) needs a user", about: .saslUsername,
                hint: "set sasl.username and sasl.password, or sasl.jaas.config")
        }
        guard let password = secret(.saslPassword) else {
            throw failure(
                .missing, "\(login.mechanism.rawValue) needs a password", about: .saslPassword,
                hint: "sasl.password=${env:NAME}")
        }
        return (user, password)
    }

    /// An option of the login module that must be there and not be empty.
    func required(_ option: String, in login: SaslLogin) throws(ConfigError) -> String {
        guard let value = login[option] else {
            throw failure(.missing, "the login module has no \(option)", about: .saslJaasConfig)
        }
        return value
    }
}

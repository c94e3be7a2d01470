/// A mechanism with the login module that was given for it.
struct SaslLogin {
    var mechanism: SaslMechanism
    var module: LoginModule?
    var jaas: JaasConfig?

    static let iamClientHandler = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"
    static let iamTokenHandler = "software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler"

    /// An option of the module; nil where it is not given or empty.
    subscript(option: String) -> String? {
        guard let value = jaas?[option], !value.isEmpty else { return nil }
        return value
    }

    var expectedModule: LoginModule {
        switch mechanism {
        case .plain: .plain
        case .scramSHA256, .scramSHA512: .scram
        case .oauthBearer: .oauthBearer
        case .awsMskIam: .awsMskIam
        case .gssapi: .kerberos
        }
    }

    /// Classes whose work is done here, with the mechanisms they serve; an empty list: all.
    static let knownClasses: [Setting: [String: [SaslMechanism]]] = [
        .saslClientCallbackHandler: [
            iamClientHandler: [.awsMskIam],
            "org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler":
                [.plain, .scramSHA256, .scramSHA512, .gssapi],
            "org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslClientCallbackHandler":
                [.oauthBearer],
        ],
        .saslLoginCallbackHandler: [
            iamTokenHandler: [.oauthBearer],
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler": [.oauthBearer],
            "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler": [.oauthBearer],
            unsecuredHandler: [.oauthBearer],
            "org.apache.kafka.common.security.authenticator.AbstractLogin$DefaultLoginCallbackHandler":
                [.plain, .scramSHA256, .scramSHA512, .gssapi],
        ],
        .saslLoginClass: [
            "org.apache.kafka.common.security.authenticator.DefaultLogin": [],
            "org.apache.kafka.common.security.kerberos.KerberosLogin": [.gssapi],
            "org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerRefreshingLogin": [.oauthBearer],
        ],
    ]

    static let unsecuredHandler =
        "org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredLoginCallbackHandler"
}

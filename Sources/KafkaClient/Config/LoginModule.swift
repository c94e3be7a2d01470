/// The JAAS login modules that Kafka clients use, by class name.
package enum LoginModule: String, Sendable, CaseIterable {
    case plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    case scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    case oauthBearer = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    case awsMskIam = "software.amazon.msk.auth.iam.IAMLoginModule"
    case kerberos = "com.sun.security.auth.module.Krb5LoginModule"

    /// The options that are read here; a name that ends in a star stands for all that begin so.
    package var options: [String] {
        switch self {
        case .plain: ["username", "password"]
        case .scram: ["username", "password", "tokenauth"]
        case .oauthBearer:
            [
                "clientId", "clientSecret", "scope", "extension_*", "unsecuredLoginStringClaim_*",
                "unsecuredLoginListClaim_*", "unsecuredLoginNumberClaim_*", "unsecuredLoginExtension_*",
                "unsecuredLoginLifetimeSeconds", "unsecuredLoginPrincipalClaimName", "unsecuredLoginScopeClaimName",
                "ssl.truststore.location", "ssl.truststore.type", "ssl.truststore.password",
                "ssl.truststore.certificates",
            ] + Self.awsOptions
        case .awsMskIam: Self.awsOptions
        case .kerberos:
            ["keyTab", "principal", "useKeyTab", "useTicketCache", "ticketCache", "serviceName"] + Self.kerberosJava
        }
    }

    /// The options whose values are kept from every output.
    static let secretOptions: Set<String> = [
        "password", "clientSecret", "ssl.truststore.password", "ssl.keystore.password", "ssl.key.password",
        "ssl.keystore.key", "awsRoleSecretAccessKey", "awsRoleSessionToken", "storePass", "keyPass",
    ]

    /// The options that `sluice plan` shows; whatever else stands there is treated as a secret.
    static let shownOptions: Set<String> = [
        "username", "tokenauth", "clientId", "scope", "unsecuredLoginStringClaim_sub", "keyTab", "principal",
        "useKeyTab", "useTicketCache", "ticketCache", "serviceName", "awsProfileName", "awsRoleArn",
        "awsRoleSessionName", "awsRoleExternalId", "awsStsRegion", "awsDebugCreds", "ssl.truststore.location",
        "ssl.truststore.type",
    ]

    private static let awsOptions = [
        "awsProfileName", "awsRoleArn", "awsRoleSessionName", "awsRoleExternalId", "awsStsRegion", "awsDebugCreds",
        "awsRoleAccessKeyId", "awsRoleSecretAccessKey", "awsRoleSessionToken", "awsMaxRetries", "awsMaxBackOffTimeMs",
    ]

    /// Options of the Java module that have no meaning for the system's Kerberos library.
    private static let kerberosJava = [
        "storeKey", "doNotPrompt", "isInitiator", "renewTGT", "refreshKrb5Config", "debug", "useFirstPass",
        "tryFirstPass", "clearPass", "storePass", "renewTicket", "useDefaultCcache",
    ]

    /// Whether an option is one of this module's.
    func takes(_ option: String) -> Bool {
        options.contains { known in
            known.hasSuffix("*") ? option.utf8.starts(with: known.dropLast().utf8) : known == option
        }
    }

    /// The class name without its package.
    package var shortName: String { String(rawValue.split(separator: ".").last ?? "") }
}

package import Secrets

/// `sasl.mechanism`.
package enum SaslMechanism: String, Sendable, CaseIterable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"
    case oauthBearer = "OAUTHBEARER"
    case awsMskIam = "AWS_MSK_IAM"
    case gssapi = "GSSAPI"
}

/// How a principal logs in.
package enum SaslConfig: Sendable, Hashable {
    case plain(user: String, password: Secret)
    /// With `tokenAuth` the user is the id of a delegation token and the password its HMAC in base64.
    case scram256(user: String, password: Secret, tokenAuth: Bool)
    case scram512(user: String, password: Secret, tokenAuth: Bool)
    case oauthBearer(OAuthBearerConfig)
    case awsMskIam(AwsMskIamConfig)
    case gssapi(GssapiConfig)

    package var mechanism: SaslMechanism {
        switch self {
        case .plain: .plain
        case .scram256: .scramSHA256
        case .scram512: .scramSHA512
        case .oauthBearer: .oauthBearer
        case .awsMskIam: .awsMskIam
        case .gssapi: .gssapi
        }
    }

    /// Whether it is a password that is tried, which brokers and what stands behind them may count.
    package var showsPassword: Bool {
        switch self {
        case .plain, .scram256, .scram512: true
        case .oauthBearer, .awsMskIam, .gssapi: false
        }
    }

    /// Whether the login shows something that whoever reads it could use for a while.
    var sendsToken: Bool {
        switch self {
        case .oauthBearer(let config):
            if case .unsecured = config.token { false } else { true }
        case .awsMskIam: true
        case .plain, .scram256, .scram512, .gssapi: false
        }
    }
}

/// Where the AWS credentials of a login come from; with nothing set, from AWS's usual chain.
package struct AwsMskIamConfig: Sendable, Hashable {
    /// Fixed credentials for assuming the role.
    package struct Credentials: Sendable, Hashable {
        package var accessKeyID: String
        package var secretAccessKey: Secret
        package var sessionToken: Secret?

        package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil) {
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
        }
    }

    package var profileName: String?
    package var roleARN: String?
    package var roleSessionName: String?
    package var roleExternalID: String?
    package var roleCredentials: Credentials?
    package var stsRegion: String?
    /// Asks AWS who the credentials belong to, for the message of a failure.
    package var debugCredentials = false

    package init() {}
}

/// A Kerberos login through the system's library.
package struct GssapiConfig: Sendable, Hashable {
    /// The first part of the broker's principal, `kafka` in `kafka/host@REALM`.
    package var serviceName: String
    package var principal: String?
    package var keytab: String?
    /// A ticket cache other than the system's.
    package var ticketCache: String?
    /// Whether tickets that are there already are used.
    package var usesTicketCache: Bool

    package init(serviceName: String, usesTicketCache: Bool) {
        self.serviceName = serviceName
        self.usesTicketCache = usesTicketCache
    }
}

package import Secrets
import Value

/// Who signs a request to AWS.
package struct AwsCredentials: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    /// Of credentials that end.
    package var sessionToken: Secret?
    /// Seconds since 1970; nil: they do not end.
    package var expiration: Int64?

    package init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiration: Int64? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// The JSON of metadata services and of `credential_process`; nil where it is not that.
    init?(json bytes: [UInt8], token: String, world: LoginWorld) {
        guard let value = try? JSONReader.read(bytes),
            case .string(let id)? = value["AccessKeyId"], let id = id.text,
            case .string(let key)? = value["SecretAccessKey"], let key = key.text, !id.isEmpty, !key.isEmpty
        else { return nil }
        self.init(accessKeyID: id, secretAccessKey: world.registered(key))
        if case .string(let text)? = value[ByteString(token)], let text = text.text {
            sessionToken = world.registered(text)
        }
        if case .string(let text)? = value["Expiration"], let text = text.text {
            // A moment that cannot be read is taken for one that is near, rather than for none.
            expiration = AwsTime.seconds(text) ?? world.now() + 60
        }
    }
}

/// What came of one place where credentials may be.
enum AwsCredentialsStep: Sendable {
    case found(AwsCredentials)
    /// Nothing is set up there; why, for the message when nothing is set up anywhere.
    case absent(String)
    /// It is set up and does not work: other credentials would be those of somebody else than was meant.
    case failed(String)
}

import Crypto
package import Secrets
package import Value

/// SASL/AWS_MSK_IAM: a presigned request of `kafka-cluster:Connect` as JSON, in one round.
package struct MskIamExchange: SaslExchange {
    package static let version: ByteString = "2020_10_22"
    /// Seconds a payload is good for.
    package static let expires = 900

    package let mechanism = "AWS_MSK_IAM"
    private let host: String
    private let region: String
    private let credentials: AwsCredentials
    private let userAgent: String
    private let now: @Sendable () -> Int64
    private let register: @Sendable (Secret) -> Void

    /// `host` is as advertised, and the signature is good for this one only; `now` gives seconds since 1970; `register` is
    /// told the signature.
    package init(
        host: String, region: String, credentials: AwsCredentials, userAgent: String,
        now: @escaping @Sendable () -> Int64, register: @escaping @Sendable (Secret) -> Void = { _ in }
    ) {
        self.host = host
        self.region = region
        self.credentials = credentials
        self.userAgent = userAgent
        self.now = now
        self.register = register
    }

    package func start() throws(SaslFailure) -> [UInt8] {
        do {
            let signed = try AwsSignature(credentials, region: region, service: "kafka-cluster", now: now())
                .presigned(host: host, action: "kafka-cluster:Connect", expires: Self.expires)
            var entries: [ByteString: Value] = [
                "version": .string(Self.version), "host": .text(host), "user-agent": .text(userAgent),
            ]
            // Whoever reads the signature may log in with it until it ends.
            for parameter in signed where parameter.name == "X-Amz-Signature" { register(Secret(parameter.value)) }
            for parameter in signed { entries[ByteString(parameter.name.lowercased())] = .text(parameter.value) }
            return try JSONWriter.write(.map(entries))
        } catch {
            throw SaslFailure("the payload cannot be signed: \(error)")
        }
    }

    package func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep {
        guard let value = try? JSONReader.read(challenge), value["version"] == .string(Self.version) else {
            throw SaslFailure("the broker's answer to the AWS_MSK_IAM payload is none (no version 2020_10_22 in it)")
        }
        return .done
    }

    /// AWS only says "Access denied"; what it may be is known.
    package var remark: String? {
        "signed for region \(region) by \(credentials.accessKeyID): check that its policy allows kafka-cluster:Connect, "
            + "the region, and this machine's clock"
    }
}

package import Crypto
import Value

/// The token that MSK takes by OAUTHBEARER: a presigned address, in base64.
package enum MskOAuthToken {
    /// `now` is in seconds since 1970.
    package static func make(
        region: String, credentials: AwsCredentials, userAgent: String, now: Int64
    ) throws(CryptoError) -> [UInt8] {
        let host = "kafka.\(region).\(AwsRegion.domain(of: region))"
        let parameters = try AwsSignature(credentials, region: region, service: "kafka-cluster", now: now)
            .presigned(host: host, action: "kafka-cluster:Connect", expires: MskIamExchange.expires)
        // The user agent is not part of what is signed.
        let url = "https://\(host)/?\(AwsSignature.query(parameters))&User-Agent=\(PercentEncoding.of(userAgent))"
        return Base64.encode(Array(url.utf8), alphabet: .url)
    }
}

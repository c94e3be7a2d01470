package import Secrets
import Value

/// A token, and when it ends.
package struct OAuthToken: Sendable, Hashable {
    package let secret: Secret
    /// Seconds since 1970, from the token itself or from who gave it; nil: unknown.
    package let expiration: Int64?

    package init(_ secret: Secret, expiration: Int64? = nil) {
        self.secret = secret
        self.expiration = secret.reveal { Self.expiration(of: $0) } ?? expiration
    }

    /// Seconds before and after 1970.
    private static let farthest: Int64 = 1_000_000_000_000_000

    /// `exp` of a JWT, unverified: whether a token is good is for the broker to say.
    private static func expiration(of token: [UInt8]) -> Int64? {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let json = Base64.decode(String(decoding: parts[1], as: UTF8.self), alphabet: .url),
            let claims = try? JSONReader.read(json)
        else { return nil }
        // A time that no clock comes near is none, and to count the seconds from it could overflow.
        switch claims["exp"] {
        case .integer(let seconds)? where (-farthest...farthest).contains(seconds): return seconds
        // Kafka's own unsecured tokens count in fractions.
        case .number(let seconds)? where abs(seconds) <= Double(farthest): return Int64(seconds)
        default: return nil
        }
    }

    /// A token without a signature, for brokers that take such in tests.
    static func unsecured(_ config: OAuthBearerConfig.Unsecured, now: Int64) throws(JSONError) -> [UInt8] {
        let end = now.addingReportingOverflow(config.lifetime.components.seconds)
        var claims: [ByteString: Value] = [
            "iat": .integer(now), "exp": .integer(end.overflow ? .max : end.partialValue),
            ByteString(config.principalClaimName): .text(config.principal),
        ]
        if !config.scopes.isEmpty { claims[ByteString(config.scopeClaimName)] = .list(config.scopes.map { .text($0) }) }
        let header = try JSONWriter.write(["alg": "none"])
        let dot = [UInt8(ascii: ".")]
        return Base64.encode(header, alphabet: .url) + dot
            + Base64.encode(try JSONWriter.write(.map(claims)), alphabet: .url) + dot
    }
}

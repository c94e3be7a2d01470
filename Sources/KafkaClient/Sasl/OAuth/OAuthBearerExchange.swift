package import Secrets

/// SASL/OAUTHBEARER (RFC 7628): a token, and what goes with it.
package struct OAuthBearerExchange: SaslExchange {
    package let mechanism = "OAUTHBEARER"
    /// Such as that the token has expired by this machine's clock; the broker is the judge of that.
    package let remark: String?
    private let token: Secret
    private let extensions: [OAuthBearerConfig.Extension]
    private var hasRefused = false

    package init(token: Secret, extensions: [OAuthBearerConfig.Extension] = [], remark: String? = nil) {
        self.token = token
        self.extensions = extensions
        self.remark = remark
    }

    package func start() throws(SaslFailure) -> [UInt8] {
        // RFC 6750's characters of a token; any other could end it and begin something else.
        let isToken = token.reveal { bytes in
            !bytes.isEmpty
                && bytes.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"):
                        true
                    default: "-._~+/=".utf8.contains(byte)
                    }
                }
        }
        guard isToken else { throw SaslFailure("the token is empty or has a character that no token has") }
        var message = Array("n,,\u{1}auth=Bearer ".utf8) + token.reveal { $0 }
        for pair in extensions { message += Array("\u{1}\(pair.name)=\(pair.value)".utf8) }
        return message + [1, 1]
    }

    package mutating func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep {
        if hasRefused {
            throw SaslFailure("the broker refused the token, then went on without an error", .refused)
        }
        guard !challenge.isEmpty else { return .done }
        // It says why in JSON and wants one byte before it says so in its protocol.
        hasRefused = true
        return .send([1])
    }
}

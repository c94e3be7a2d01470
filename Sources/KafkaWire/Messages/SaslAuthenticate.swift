/// Carries one message of a SASL exchange, so its bytes are a secret.
package struct SaslAuthenticateRequest: WireRequest {
    package typealias Response = SaslAuthenticateResponse
    package static let key = ApiKey.saslAuthenticate
    package static let versions: ClosedRange<Int16> = 0...2
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var authBytes: [UInt8] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("auth_bytes", &authBytes)
    }
}

/// The broker's message of a SASL exchange, or its refusal.
package struct SaslAuthenticateResponse: WireStruct {
    package var error: KafkaErrorCode = .none
    package var errorMessage: String? = ""
    package var authBytes: [UInt8] = []
    /// 0 where the session does not end.
    package var sessionLifetimeMs: Int64 = 0
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("error_code", &error)
        try codec.field("error_message", &errorMessage)
        try codec.field("auth_bytes", &authBytes)
        try codec.field("session_lifetime_ms", &sessionLifetimeMs, in: 1...)
    }
}

// MARK: - Secrecy

/// Says nothing of the bytes: they may hold a password.
extension SaslAuthenticateRequest: CustomStringConvertible, CustomReflectable {
    package var description: String { "SaslAuthenticateRequest(‹secret›)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a TLS connection did not come about, or did not last.
package struct TLSFailure: Error, Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case expired
        case notYetValid = "not_yet_valid"
        /// The certificate is for another host.
        case wrongHost = "wrong_host"
        /// The chain ends in nothing that is trusted.
        case unknownCA = "unknown_ca"
        case selfSigned = "self_signed"
        /// Another fault of the peer's certificates.
        case certificate
        /// The peer wants a certificate from this side and has none, or not one it takes.
        case clientCertificate = "client_certificate"
        /// No version of TLS in common.
        case version
        case handshake
        /// The peer does not speak TLS.
        case notTLS = "not_tls"
        /// What comes is no valid TLS any more.
        case record
        /// More bytes than any honest peer sends here.
        case flood
    }

    package var kind: Kind
    /// A lower-case fact; what helps behind a semicolon.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

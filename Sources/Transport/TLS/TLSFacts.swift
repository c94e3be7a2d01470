/// What a TLS handshake showed of the peer, also where it went no further.
package struct TLSFacts: Hashable, Sendable {
    /// One certificate, by what names it and what bounds it.
    package struct Certificate: Hashable, Sendable {
        /// As in RFC 2253: `CN=broker-1,O=Example`.
        package var subject: String
        package var issuer: String
        /// `DNS:broker-1`, `IP Address:10.0.0.1`; at most 100.
        package var subjectAltNames: [String]
        package var notBefore: Moment
        package var notAfter: Moment
        /// Of the whole certificate, in hexadecimal.
        package var sha256: String

        package init(
            subject: String, issuer: String, subjectAltNames: [String], notBefore: Moment, notAfter: Moment,
            sha256: String
        ) {
            self.subject = subject
            self.issuer = issuer
            self.subjectAltNames = subjectAltNames
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.sha256 = sha256
        }
    }

    /// A second of UTC.
    package struct Moment: Hashable, Sendable {
        package var epochMs: Int64
        /// RFC 3339.
        package var text: String

        package init(epochMs: Int64, text: String) {
            self.epochMs = epochMs
            self.text = text
        }
    }

    /// `TLSv1.3`; nil where the handshake ended before there was one.
    package var version: String?
    /// As the IETF names it: `TLS_AES_256_GCM_SHA384`.
    package var cipher: String?
    /// The peer's certificate first: up to the trusted root where the chain was verified, else as the peer sent it.
    package var chain: [Certificate] = []
    /// Whether chain and, unless switched off, host name are as they must be.
    package var verified = false
    package var verifyError: String?
    /// Whether the host name was part of it.
    package var verifiesHost = true
    /// Whether the peer asked for a certificate of this side.
    package var requestedCertificate = false

    package init() {}
}

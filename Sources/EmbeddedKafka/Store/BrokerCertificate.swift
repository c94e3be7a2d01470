/// What a broker shows at its listeners with TLS: as a value, so that it can be compared and changed.
package struct BrokerCertificate: Hashable, Sendable {
    /// The authority that clients of these clusters trust.
    package static let trustedIssuer = "Embedded Root"

    /// Names and addresses that it is for; nil: the host that the listener advertises.
    package var hosts: [String]?
    /// The name of the authority at the end of its chain.
    package var issuer = Self.trustedIssuer
    /// Milliseconds since 1970; certificates know whole seconds, so that it begins and ends at the next.
    package var notBeforeMs: Int64
    package var notAfterMs: Int64
    /// The end of an authority between it and the root; nil: there is none.
    package var intermediateNotAfterMs: Int64?

    package init(notBeforeMs: Int64, notAfterMs: Int64) {
        self.notBeforeMs = notBeforeMs
        self.notAfterMs = notAfterMs
    }
}

import Guarding
package import TLS
package import Transport

/// The authorities that brokers have their certificates from, made when they are first needed.
///
/// Clusters that share one are trusted by the same clients.
package final class CertificateAuthorities: Sendable {
    /// What a listener shows, and to whom.
    private struct Shown: Hashable, Sendable {
        let certificate: BrokerCertificate
        let host: String
        let asksClients: Bool
    }

    private struct State {
        var authorities: [String: TLSIdentity] = [:]
        var contexts: [Shown: TLSServerContext] = [:]
    }

    private let state = Guarded(State())

    package init() {}

    /// Of a root that no test outlives.
    private static let (from, to): (Int64, Int64) = (946_684_800, 4_070_908_800)

    /// The certificate of the authority that clients trust, as PEM.
    package func trusted() throws(TLSFailure) -> String { try authority(BrokerCertificate.trustedIssuer).chain }

    /// A certificate by which somebody can log in where brokers ask for one; in milliseconds since 1970.
    package func client(_ name: String, from: Int64, to: Int64) throws(TLSFailure) -> TLSIdentity {
        try authority(BrokerCertificate.trustedIssuer)
            .issue(.init(commonName: name, notBefore: from / 1000, notAfter: to / 1000))
    }

    private func authority(_ name: String) throws(TLSFailure) -> TLSIdentity {
        if let known = state.withLock({ $0.authorities[name] }) { return known }
        let made = try TLSIdentity.authority(.init(commonName: name, notBefore: Self.from, notAfter: Self.to))
        return state.withLock { state in
            // Whoever was first is whom clients trust already.
            let first = state.authorities[name] ?? made
            state.authorities[name] = first
            return first
        }
    }

    func context(
        _ certificate: BrokerCertificate, host: String, asksClients: Bool
    ) throws(TLSFailure) -> TLSServerContext {
        let shown = Shown(certificate: certificate, host: host, asksClients: asksClients)
        if let known = state.withLock({ $0.contexts[shown] }) { return known }
        var issuer = try authority(certificate.issuer)
        if let end = certificate.intermediateNotAfterMs {
            issuer = try issuer.authority(
                .init(commonName: "\(certificate.issuer) 1", notBefore: Self.from, notAfter: Self.seconds(end)))
        }
        let identity = try issuer.issue(
            .init(
                commonName: host, hosts: certificate.hosts ?? [host], notBefore: Self.seconds(certificate.notBeforeMs),
                notAfter: Self.seconds(certificate.notAfterMs)))
        let made = try TLSServerContext(
            identity, clients: asksClients ? try authority(BrokerCertificate.trustedIssuer) : nil)
        state.withLock { $0.contexts[shown] = made }
        return made
    }

    private static func seconds(_ ms: Int64) -> Int64 { ms / 1000 + (ms % 1000 > 0 ? 1 : 0) }
}

private import COpenSSL
private import CTLS
import Guarding
package import Transport

/// The other end of ``TLSContext``: what a server inside this process shows, and of whom it wants to see a certificate.
package final class TLSServerContext: Sendable {
    private let handle: Guarded<TLSContext.Handle>
    private let asksForCertificate: Bool

    /// `clients`: The authority of which clients have to show a certificate; nil: they are asked for none.
    package init(_ identity: TLSIdentity, clients: TLSIdentity? = nil) throws(TLSFailure) {
        OpenSSLErrors.clear()
        guard let context = unsafe sluice_tls_server(identity.chain, identity.key, clients?.chain) else {
            throw TLSFailure(.handshake, "OpenSSL cannot be set up: \(OpenSSLErrors.taken().text)")
        }
        unsafe SSL_CTX_set_cert_verify_callback(context, PeerRecord.verify, nil)
        handle = unsafe Guarded(TLSContext.Handle(owning: context))
        asksForCertificate = clients != nil
    }

    func engine(peer: String, at seconds: Int64?) throws(TLSFailure) -> sending TLSEngine {
        let address = handle.withLock { $0.connection() }
        let settings = TLSEngine.Settings(
            verifiesChain: asksForCertificate, verifiesHost: false, hasIdentity: true, seconds: seconds)
        return try TLSEngine.make(owning: address, accepting: peer, settings: settings)
    }
}

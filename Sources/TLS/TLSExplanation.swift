private import COpenSSL
import Transport

/// Makes of OpenSSL's errors what an operator can act upon.
struct TLSExplanation: Sendable {
    let host: String
    /// `host:port`.
    let peer: String
    /// Whether this side has a certificate to show.
    let hasIdentity: Bool

    func failure(_ errors: OpenSSLErrors, _ record: PeerRecord) -> TLSFailure {
        if record.mustVerify, record.verifyCode != X509_V_OK { return refusal(of: record, errors) }
        if let alert = errors.alert { return refusal(alert: alert, errors, record) }
        func has(_ reason: Int32) -> Bool { errors.contains(library: ERR_LIB_SSL, reason: reason) }
        if has(SSL_R_UNSUPPORTED_PROTOCOL) || has(SSL_R_WRONG_SSL_VERSION) || has(SSL_R_VERSION_TOO_LOW) {
            return TLSFailure(.version, "the broker's version of TLS is none that is spoken here: \(errors.text)")
        }
        if has(SSL_R_EXCESSIVE_MESSAGE_SIZE) || has(SSL_R_TOO_MANY_WARN_ALERTS) || has(SSL_R_RECORD_TOO_SMALL) {
            return TLSFailure(.flood, "the broker sends more than a handshake can need: \(errors.text)")
        }
        if !record.isEstablished {
            return TLSFailure(.handshake, "the TLS handshake failed: \(errors.text)")
        }
        return TLSFailure(.record, "what comes from the broker is no valid TLS: \(errors.text)")
    }

    /// The broker does not take this side's certificate, or misses it.
    func refusedCertificate(_ how: String) -> TLSFailure {
        TLSFailure(
            .clientCertificate,
            hasIdentity
                ? "the broker asked for a client certificate and does not accept the one in the key store: \(how); "
                    + "its trust store must hold the issuer of that certificate, which must be valid today"
                : "the broker asked for a client certificate (mutual TLS), and none is configured: \(how); set "
                    + "ssl.keystore.type=PEM and ssl.keystore.location to a file with the key and its chain")
    }

    // MARK: The peer's certificates

    private func refusal(of record: PeerRecord, _ errors: OpenSSLErrors) -> TLSFailure {
        let words = "\(record.facts.verifyError ?? "not valid") (\(record.verifyCode))"
        let leaf = record.facts.chain.first
        let whose = leaf.map { "\"\($0.subject)\", issued by \"\($0.issuer)\"" } ?? "of the broker"
        switch record.verifyCode {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TLSFailure(.expired, "\(words): certificate \(whose)\(expiry(record.facts.chain))")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            let from = record.facts.chain.map(\.notBefore).max { $0.epochMs < $1.epochMs }
            return TLSFailure(
                .notYetValid,
                "\(words): certificate \(whose), valid from \(from?.text ?? "a time to come"); is this clock right?")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            let names = leaf?.subjectAltNames ?? []
            let valid = names.isEmpty ? "no subject alternative name" : names.joined(separator: ", ")
            return TLSFailure(
                .wrongHost,
                "\(words): the certificate is not for \(host), it has \(valid); dial a name that it has, or correct the "
                    + "broker's certificate or advertised.listeners")
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return TLSFailure(.selfSigned, "\(words): certificate \(whose); \(recipe)")
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_CERT_UNTRUSTED:
            return TLSFailure(.unknownCA, "\(words): certificate \(whose)\(gap(record.facts.chain)); \(recipe)")
        default:
            return TLSFailure(.certificate, "\(words): certificate \(whose): \(errors.text)")
        }
    }

    private func expiry(_ chain: [TLSFacts.Certificate]) -> String {
        guard let first = chain.min(by: { $0.notAfter.epochMs < $1.notAfter.epochMs }) else { return "" }
        let which = first == chain.first ? "" : " by way of \"\(first.subject)\""
        return "\(which), valid until \(first.notAfter.text)"
    }

    /// Where the chain that the broker sends breaks off.
    private func gap(_ chain: [TLSFacts.Certificate]) -> String {
        guard let last = chain.last, last.subject != last.issuer else { return "" }
        return "; the chain of \(chain.count) ends at issuer \"\(last.issuer)\", which is not in the trust store"
            + (chain.count == 1 ? " (the broker may be missing an intermediate certificate)" : "")
    }

    /// How to come by a trust store.
    private var recipe: String {
        "if the issuer is to be trusted, get its PEM from whoever runs the cluster and set ssl.truststore.type=PEM and "
            + "ssl.truststore.location to it; \"openssl s_client -connect \(peer) -servername \(host) -showcerts\" "
            + "shows what the broker sends"
    }

    // MARK: Alerts

    private func refusal(alert: Int32, _ errors: OpenSSLErrors, _ record: PeerRecord) -> TLSFailure {
        switch alert {
        case SSL_AD_PROTOCOL_VERSION:
            TLSFailure(
                .version,
                "the broker speaks none of the TLS versions allowed here (TLSv1.2 and TLSv1.3 unless "
                    + "ssl.enabled.protocols says less): \(errors.text)")
        case SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
            SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED,
            TLS13_AD_CERTIFICATE_REQUIRED:
            refusedCertificate(errors.text)
        case SSL_AD_HANDSHAKE_FAILURE where record.facts.requestedCertificate:
            // What is said before TLS 1.3, which has a word of its own for a missing certificate.
            refusedCertificate(errors.text)
        case SSL_AD_HANDSHAKE_FAILURE, SSL_AD_INSUFFICIENT_SECURITY:
            TLSFailure(
                .handshake,
                "the broker found no cipher suite in common: \(errors.text); compare ssl.cipher.suites on both sides "
                    + "(RC4, null, export, static RSA and static DH suites are not offered)")
        default:
            TLSFailure(record.isEstablished ? .record : .handshake, "the broker ended it: \(errors.text)")
        }
    }
}

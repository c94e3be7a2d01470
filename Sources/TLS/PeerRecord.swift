private import COpenSSL
import Transport

/// What OpenSSL's callbacks learn of the peer during a handshake, kept where the handshake fails too.
final class PeerRecord {
    /// Whether a chain that is not as it must be ends the handshake.
    let mustVerify: Bool
    var facts = TLSFacts()
    /// Of X509_V_…; 0: all is well, or nothing was verified yet.
    var verifyCode: Int32 = 0
    /// Whether the handshake is over.
    var isEstablished = false

    init(mustVerify: Bool) { self.mustVerify = mustVerify }

    /// Notes what was agreed upon, if anything was.
    func note(_ ssl: OpaquePointer) {
        guard let cipher = unsafe SSL_get_current_cipher(ssl) else { return }
        facts.version = unsafe String(cString: SSL_get_version(ssl))
        facts.cipher = unsafe SSL_CIPHER_standard_name(cipher).map { unsafe String(cString: $0) }
    }

    /// OpenSSL's call for the verdict on a chain: its own, noted down first.
    static let verify: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { store, _ in
        guard let store = unsafe store else { return 0 }
        let ssl = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
        guard let ssl = unsafe ssl, let record = unsafe PeerRecord.of(OpaquePointer(ssl)) else { return 0 }
        let isGood = unsafe X509_verify_cert(store) == 1
        let code = unsafe X509_STORE_CTX_get_error(store)
        let chain = unsafe isGood ? X509_STORE_CTX_get0_chain(store) : X509_STORE_CTX_get0_untrusted(store)
        record.facts.chain = unsafe certificates(of: chain).map(\.facts)
        record.facts.verified = isGood
        record.verifyCode = isGood ? X509_V_OK : (code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code)
        record.facts.verifyError = isGood ? nil : unsafe String(cString: X509_verify_cert_error_string(Int(code)))
        return isGood || !record.mustVerify ? 1 : 0
    }

    /// OpenSSL's call for a certificate of the client: it comes only where the peer asks for one.
    static let certificateRequested: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { ssl, _ in
        if let ssl = unsafe ssl { unsafe PeerRecord.of(ssl)?.facts.requestedCertificate = true }
        return 1
    }

    /// Makes the record known to the callbacks of a connection, which must not outlive it.
    func attach(to ssl: OpaquePointer) -> Bool {
        unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque()) == 1
    }

    private static func of(_ ssl: OpaquePointer) -> PeerRecord? {
        guard let pointer = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
        return unsafe Unmanaged<PeerRecord>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// The members of a stack of certificates; at most 16, more than any honest chain has.
    private static func certificates(of stack: OpaquePointer?) -> [Certificate] {
        (0..<max(0, min(unsafe OPENSSL_sk_num(stack), 16))).compactMap { index in
            unsafe OPENSSL_sk_value(stack, index).map { unsafe Certificate(sharing: OpaquePointer($0)) }
        }
    }
}

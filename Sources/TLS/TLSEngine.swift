private import COpenSSL
private import CTLS
import Transport

/// One TLS connection without its socket: bytes of the peer go in, bytes for the peer come out.
///
/// It is safe to use since the pointers stay inside: `ssl` owns both memory buffers and is freed at the end, and
/// `record`, which the callbacks reach through it, lives as long.
@safe final class TLSEngine {
    enum Progress: Equatable {
        /// So many bytes were stored; 0 for a handshake, which stores none.
        case done(Int)
        case needsInput
        /// The peer said that it has ended.
        case closed
        case failed(TLSFailure)
    }

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let record: PeerRecord
    private let explanation: TLSExplanation

    /// Takes over an `SSL` made for one connection.
    ///
    /// `host`, a name or an address, is what the peer's certificate must be for, where that is checked.
    static func make(
        owning address: UInt, host: String, peer: String, settings: Settings
    ) throws(TLSFailure) -> sending TLSEngine {
        let engine = try bare(owning: address, host: host, peer: peer, settings: settings)
        engine.record.facts.verifiesHost = settings.verifiesHost
        unsafe SSL_set_connect_state(engine.ssl)
        guard unsafe name(host, on: engine.ssl, isChecked: settings.verifiesHost) else {
            throw TLSFailure(.handshake, "\(host) cannot be a host of TLS: \(OpenSSLErrors.taken().text)")
        }
        return engine
    }

    /// The same for the side that was called.
    static func make(
        owning address: UInt, accepting peer: String, settings: Settings
    ) throws(TLSFailure) -> sending TLSEngine {
        let engine = try bare(owning: address, host: peer, peer: peer, settings: settings)
        unsafe SSL_set_accept_state(engine.ssl)
        return engine
    }

    private static func bare(
        owning address: UInt, host: String, peer: String, settings: Settings
    ) throws(TLSFailure) -> sending TLSEngine {
        OpenSSLErrors.clear()
        let incoming = unsafe BIO_new(BIO_s_mem())
        let outgoing = unsafe BIO_new(BIO_s_mem())
        guard let ssl = unsafe OpaquePointer(bitPattern: address), let incoming = unsafe incoming,
            let outgoing = unsafe outgoing
        else {
            unsafe SSL_free(OpaquePointer(bitPattern: address))
            unsafe BIO_free(incoming)
            unsafe BIO_free(outgoing)
            throw TLSFailure(.handshake, "OpenSSL has no memory for a connection")
        }
        let engine = unsafe TLSEngine(
            ssl, incoming, outgoing, PeerRecord(mustVerify: settings.verifiesChain),
            TLSExplanation(host: host, peer: peer, hasIdentity: settings.hasIdentity))
        guard unsafe engine.record.attach(to: ssl) else {
            throw TLSFailure(.handshake, "OpenSSL has no memory for a connection")
        }
        if let seconds = settings.seconds { unsafe X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), Int(seconds)) }
        return engine
    }

    /// Takes over all three, the buffers by way of `ssl`.
    private init(
        _ ssl: OpaquePointer, _ incoming: OpaquePointer, _ outgoing: OpaquePointer, _ record: PeerRecord,
        _ explanation: TLSExplanation
    ) {
        unsafe SSL_set_bio(ssl, incoming, outgoing)
        unsafe self.ssl = ssl
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        self.record = record
        self.explanation = explanation
    }

    deinit { unsafe SSL_free(ssl) }

    /// What a context has for each of its connections.
    struct Settings: Sendable {
        let verifiesChain: Bool
        let verifiesHost: Bool
        let hasIdentity: Bool
        /// When certificates have to be valid, in seconds since 1970; nil: now.
        var seconds: Int64?
    }

    static func isAddress(_ host: String) -> Bool {
        guard let address = unsafe a2i_IPADDRESS(host) else { return false }
        unsafe ASN1_OCTET_STRING_free(address)
        return true
    }

    /// Says whom this side means (SNI, which is for names only), and whom the certificate must be for.
    private static func name(_ host: String, on ssl: OpaquePointer, isChecked: Bool) -> Bool {
        let zoneless = host.utf8.firstIndex(of: UInt8(ascii: "%")).map { String(host[..<$0]) } ?? host
        if let address = unsafe a2i_IPADDRESS(zoneless) {
            unsafe ASN1_OCTET_STRING_free(address)
            guard isChecked else { return true }
            return unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), zoneless) == 1
        }
        // The dot of a fully qualified name belongs to DNS, not to certificates.
        let name = host.utf8.last == UInt8(ascii: ".") ? String(host.dropLast()) : host
        guard unsafe sluice_tls_server_name(ssl, name) == 1 else { return false }
        guard isChecked else { return true }
        unsafe sluice_tls_strict_names(ssl)
        return unsafe SSL_set1_host(ssl, name) == 1
    }

    // MARK: Steps

    /// Takes the handshake as far as the bytes go.
    func handshake() -> Progress {
        OpenSSLErrors.clear()
        let code = unsafe SSL_do_handshake(ssl)
        guard code != 1 else {
            record.isEstablished = true
            note()
            return .done(0)
        }
        return progress(code)
    }

    /// Decrypts into `buffer` from `offset` on.
    func read(into buffer: inout [UInt8], from offset: Int) -> Progress {
        OpenSSLErrors.clear()
        var count = 0
        let code = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe SSL_read_ex(ssl, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset, &count)
        }
        return code == 1 ? .done(count) : progress(code)
    }

    /// Works off what has come without taking data of the application out.
    func settle() -> Progress {
        OpenSSLErrors.clear()
        var count = 0
        var byte: UInt8 = 0
        let code = unsafe SSL_peek_ex(ssl, &byte, 1, &count)
        return code == 1 ? .done(count) : progress(code)
    }

    /// Encrypts all of `bytes`; nil: it went well.
    func write(_ bytes: [UInt8]) -> TLSFailure? {
        guard !bytes.isEmpty else { return nil }
        OpenSSLErrors.clear()
        var count = 0
        let code = unsafe SSL_write_ex(ssl, bytes, bytes.count, &count)
        guard code != 1 || count != bytes.count else { return nil }
        if case .failed(let failure) = progress(code) { return failure }
        return TLSFailure(.record, "the connection takes no more data")
    }

    /// Bytes of the peer; false where there is no memory for them.
    func feed(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe BIO_write(incoming, bytes.baseAddress, Int32(clamping: bytes.count)) == bytes.count
        }
    }

    /// Bytes for the peer.
    func drained() -> [UInt8] {
        let pending = unsafe Int(BIO_ctrl_pending(outgoing))
        guard pending > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: pending) { room, count in
            count = unsafe Int(max(0, BIO_read(outgoing, room.baseAddress, Int32(clamping: pending))))
        }
    }

    private func progress(_ code: Int32) -> Progress {
        switch unsafe SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            note()
            return .failed(explanation.failure(OpenSSLErrors.taken(), record))
        }
    }

    // MARK: What is known

    var facts: TLSFacts { record.facts }

    /// Whether a record has begun to come and is not whole.
    var isInRecord: Bool {
        unsafe SSL_has_pending(ssl) == 1 || BIO_ctrl_pending(incoming) > 0
    }

    /// Whether the peer judges this side's certificate only after this side takes the handshake for done.
    var isJudgedLate: Bool {
        unsafe SSL_version(ssl) == TLS1_3_VERSION && record.facts.requestedCertificate
    }

    var refusedCertificate: TLSFailure { explanation.refusedCertificate("it hung up on it") }

    private func note() { unsafe record.note(ssl) }
}

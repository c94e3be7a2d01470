private import COpenSSL
private import CTLS
private import Glibc
import KafkaClient
import Transport

/// Makes an OpenSSL context of a configuration, step by step.
struct TLSContextBuilder: ~Copyable {
    private let config: TLSConfig
    private let stores: StoreReader
    private let ciphers: CipherChoice
    private let handle: TLSContext.Handle
    private(set) var warnings: [ConfigWarning] = []

    init(_ config: TLSConfig, stores: StoreReader) throws(ConfigError) {
        self.config = config
        self.stores = stores
        ciphers = CipherChoice(config)
        guard let first = ciphers.versions.min(by: { $0.rawValue < $1.rawValue }),
            let last = ciphers.versions.max(by: { $0.rawValue < $1.rawValue })
        else {
            throw ConfigError(
                .conflict, "none of these suites belongs to a version that is enabled", key: "ssl.cipher.suites",
                hint: "compare with ssl.enabled.protocols")
        }
        OpenSSLErrors.clear()
        guard let context = unsafe sluice_tls_context(first.number, last.number) else {
            throw ConfigError(.unsupported, "OpenSSL cannot be set up: \(OpenSSLErrors.taken().text)")
        }
        unsafe SSL_CTX_set_cert_verify_callback(context, PeerRecord.verify, nil)
        unsafe SSL_CTX_set_cert_cb(context, PeerRecord.certificateRequested, nil)
        handle = unsafe TLSContext.Handle(owning: context)
    }

    consuming func finish() -> TLSContext.Handle { handle }

    mutating func trust() throws(ConfigError) {
        let trusted: [Certificate]
        switch config.trust {
        case .system:
            guard unsafe SSL_CTX_set_default_verify_paths(handle.pointer) == 1 else {
                throw ConfigError(
                    .unreadable, "the system's trusted certificates cannot be read: \(OpenSSLErrors.taken().text)",
                    hint: "set ssl.truststore.location")
            }
            OpenSSLErrors.clear()
            return
        case .inline(let pem):
            trusted = try stores.trusted(
                inPEM: Array(pem.utf8), what: "the text", key: "ssl.truststore.certificates")
        case .file(let path, _, let password):
            guard let found = try stores.trusted(inFile: path, password: password) else {
                guard unsafe SSL_CTX_load_verify_dir(handle.pointer, path) == 1 else {
                    throw ConfigError(
                        .unreadable, "the folder \(path) cannot be used: \(OpenSSLErrors.taken().text)",
                        key: "ssl.ca.location")
                }
                return
            }
            trusted = found
        }
        let store = unsafe SSL_CTX_get_cert_store(handle.pointer)
        for certificate in trusted {
            let code = unsafe certificate.withPointer { unsafe X509_STORE_add_cert(store, $0) }
            guard code == 1 else {
                throw ConfigError(.badValue, "a trusted certificate cannot be used: \(OpenSSLErrors.taken().text)")
            }
        }
        unsafe sluice_tls_partial_chains(handle.pointer)
    }

    mutating func identify(at seconds: Int64?) throws(ConfigError) {
        guard let identity = config.identity else { return }
        let (key, chain) = try stores.identity(identity)
        guard let own = chain.first else { return }
        OpenSSLErrors.clear()
        var isTaken = unsafe own.withPointer { unsafe SSL_CTX_use_certificate(handle.pointer, $0) } == 1
        isTaken = unsafe isTaken && key.withPointer { unsafe SSL_CTX_use_PrivateKey(handle.pointer, $0) } == 1
        for issuer in chain.dropFirst() where isTaken {
            isTaken = unsafe issuer.withPointer { unsafe sluice_tls_add_to_chain(handle.pointer, $0) } == 1
        }
        guard isTaken else {
            throw ConfigError(
                .badValue, "the client's certificate cannot be used: \(OpenSSLErrors.taken().text)",
                key: "ssl.keystore.location")
        }
        for certificate in chain { warn(about: certificate, at: seconds) }
    }

    /// Brokers will refuse it, and say little about why.
    private mutating func warn(about certificate: Certificate, at seconds: Int64?) {
        let facts = certificate.facts
        var moment = seconds.map { Int($0) } ?? time(nil)
        let (start, end) = unsafe certificate.withPointer { pointer in
            unsafe (
                X509_cmp_time(X509_get0_notBefore(pointer), &moment),
                X509_cmp_time(X509_get0_notAfter(pointer), &moment)
            )
        }
        if end < 0 {
            warnings.append(
                ConfigWarning(
                    "the client's certificate \"\(facts.subject)\" has expired: valid until \(facts.notAfter.text)",
                    key: "ssl.keystore.location"))
        } else if start > 0 {
            warnings.append(
                ConfigWarning(
                    "the client's certificate \"\(facts.subject)\" is not valid yet: from \(facts.notBefore.text)",
                    key: "ssl.keystore.location"))
        }
    }

    mutating func chooseCiphers() throws(ConfigError) {
        OpenSSLErrors.clear()
        // What is set here includes suites that the security level then leaves out.
        guard unsafe sluice_tls_ciphers(handle.pointer, ciphers.ciphers, ciphers.suites) == 1 else {
            throw ConfigError(
                .badValue, "OpenSSL accepts none of these suites: \(OpenSSLErrors.taken().text)",
                key: "ssl.cipher.suites")
        }
        let offered = unsafe CipherChoice.offered(by: handle.pointer)
        OpenSSLErrors.clear()
        for written in ciphers.unknown { warn("\(written.prefix(100)) is not known to OpenSSL and is left out") }
        for (written, name) in ciphers.asked where !offered.contains(name) {
            warn("\(written) is not offered: too weak, or not for the versions that are enabled")
        }
        guard !offered.isEmpty, ciphers.asked.isEmpty || ciphers.asked.contains(where: { offered.contains($0.name) })
        else {
            throw ConfigError(
                .unsupported, "no suite is left that can be offered", key: "ssl.cipher.suites",
                hint: "leave it unset for the usual ones")
        }
    }

    private mutating func warn(_ message: String) {
        warnings.append(ConfigWarning(message, key: "ssl.cipher.suites"))
    }
}

extension TLSConfig.Version {
    /// As it stands on the wire.
    fileprivate var number: Int32 {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }
}

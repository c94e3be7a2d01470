private import COpenSSL
import KafkaClient

/// `ssl.cipher.suites` in OpenSSL's words.
///
/// Java's list is of all versions, OpenSSL has one for TLS 1.3 and one for older ones: where a list names suites of
/// one kind only, the other versions are not spoken.
struct CipherChoice {
    /// Without suites that are anonymous, that do not encrypt, or whose keys outlive the connection (static RSA).
    private static let usual =
        "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+AES:DHE+AES:!aNULL:!eNULL:!PSK:!SRP:!aDSS:!MD5"

    /// Separated by colons.
    private(set) var ciphers: String? = Self.usual
    /// Nil: the library's own choice.
    private(set) var suites: String?
    private(set) var versions: Set<TLSConfig.Version>
    /// Names that mean nothing to OpenSSL, as written.
    private(set) var unknown: [String] = []
    /// OpenSSL's name of each suite asked for, by the name that was written.
    private(set) var asked: [(written: String, name: String)] = []

    init(_ config: TLSConfig) {
        versions = config.versions
        guard !config.cipherSuites.isEmpty else { return }
        for written in config.cipherSuites {
            guard let name = Self.name(of: written) else {
                unknown.append(written)
                continue
            }
            asked.append((written, name))
        }
        let modern = asked.map(\.name).filter(Self.isModern)
        let older = asked.map(\.name).filter { !Self.isModern($0) }
        ciphers = older.isEmpty ? nil : older.joined(separator: ":")
        suites = modern.isEmpty ? nil : modern.joined(separator: ":")
        if modern.isEmpty { versions.remove(.tls13) }
        if older.isEmpty { versions.remove(.tls12) }
    }

    /// OpenSSL's own name; Java and the IETF have others.
    private static func name(of written: String) -> String? {
        // A list may hold OpenSSL's operators, which are no names.
        guard written.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || isAlphanumeric($0) })
        else { return nil }
        if let mapped = unsafe OPENSSL_cipher_name(written).map({ unsafe String(cString: $0) }), mapped != "(NONE)" {
            return mapped
        }
        // OpenSSL knows its own names by asking for their number in the standard.
        return known.contains(written) ? written : nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private static func isModern(_ name: String) -> Bool {
        name.hasPrefix("TLS_AES_") || name.hasPrefix("TLS_CHACHA20_")
    }

    /// The names of all ciphers that the library has.
    private static var known: Set<String> {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { return [] }
        defer { unsafe SSL_CTX_free(context) }
        guard unsafe SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL") == 1 else { return [] }
        return unsafe names(in: SSL_CTX_get_ciphers(context))
    }

    /// What of the choice a context offers in fact, past what its security level refuses.
    static func offered(by context: OpaquePointer) -> Set<String> {
        guard let ssl = unsafe SSL_new(context) else { return [] }
        defer { unsafe SSL_free(ssl) }
        let stack = unsafe SSL_get1_supported_ciphers(ssl)
        defer { unsafe OPENSSL_sk_free(stack) }
        return unsafe names(in: stack)
    }

    private static func names(in stack: OpaquePointer?) -> Set<String> {
        Set(
            (0..<max(0, unsafe OPENSSL_sk_num(stack))).compactMap { index in
                guard let cipher = unsafe OPENSSL_sk_value(stack, index) else { return nil }
                return unsafe SSL_CIPHER_get_name(OpaquePointer(cipher)).map { unsafe String(cString: $0) }
            })
    }
}

package import Secrets

/// What a TLS connection trusts, shows and insists on.
///
/// Paths are as written: relative ones start at the working directory, as in Java. Nothing has been opened yet.
package struct TLSConfig: Sendable, Hashable {
    /// The declared type of a store.
    ///
    /// What a file really is its first bytes say: Java writes PKCS#12 into files that are called JKS.
    package enum StoreType: String, Sendable, CaseIterable {
        case pem = "PEM"
        case pkcs12 = "PKCS12"
        case jks = "JKS"
    }

    package enum Trust: Sendable, Hashable {
        /// What the system trusts.
        case system
        /// A file in any format, or a directory of hashed certificates.
        case file(String, declared: StoreType?, password: Secret?)
        /// PEM certificates, possibly on one line.
        case inline(String)
    }

    /// A certificate chain or the key to it, as librdkafka names them apart.
    package enum Material<Inline: Sendable & Hashable>: Sendable, Hashable {
        case file(String)
        case inline(Inline)
    }

    package enum Identity: Sendable, Hashable {
        /// One file with the key and its chain.
        case store(String, declared: StoreType?, password: Secret?)
        /// PEM, in two parts.
        case pair(chain: Material<String>, key: Material<Secret>)
    }

    package enum Version: String, Sendable, CaseIterable {
        case tls12 = "TLSv1.2"
        case tls13 = "TLSv1.3"
    }

    package var trust: Trust = .system
    /// The client's own certificate, for mutual TLS.
    package var identity: Identity?
    package var keyPassword: Secret?
    /// Whether the broker's certificate must name the host; off with an empty
    /// `ssl.endpoint.identification.algorithm`, which evidence records.
    package var endpointIdentification = true
    /// Whether the chain is verified at all; librdkafka's `enable.ssl.certificate.verification`.
    package var certificateVerification = true
    /// Never empty.
    package var versions: Set<Version> = [.tls12, .tls13]
    /// Java's names or OpenSSL's, in order of preference; empty for the library's own choice.
    package var cipherSuites: [String] = []

    package init() {}
}

import KafkaClient
import Secrets

/// Reads the stores of a configuration, and says of what cannot be read what to do about it.
struct StoreReader {
    let source: ConfigSource
    let config: TLSConfig

    /// The trusted certificates of a file; nil where it is a directory, which OpenSSL reads as it needs it.
    func trusted(inFile path: String, password: Secret?) throws(ConfigError) -> [Certificate]? {
        let what = "the trust store \(path)"
        let bytes: [UInt8]
        do throws(ConfigSource.Failure) {
            bytes = try source.readFile(path)
        } catch {
            if error == .isDirectory { return nil }
            throw ConfigError(.unreadable, "\(what) \(error.words)", key: "ssl.truststore.location")
        }
        switch StoreFormat(bytes) {
        case .pem: return try trusted(inPEM: bytes, what: what, key: "ssl.truststore.location")
        case .pkcs12:
            let contents = try pkcs12(
                bytes, what: what, path: path, password: password,
                keys: ("ssl.truststore.location", "ssl.truststore.password"))
            guard !contents.certificates.isEmpty else {
                throw ConfigError(.badValue, "\(what) holds no certificate", key: "ssl.truststore.location")
            }
            return contents.certificates
        case let other: throw unusable(other, what: what, path: path, key: "ssl.truststore.location")
        }
    }

    func trusted(inPEM bytes: [UInt8], what: String, key: String) throws(ConfigError) -> [Certificate] {
        let all: [Certificate]
        do throws(OpenSSLErrors) {
            all = try StoreContents.certificates(inPEM: bytes)
        } catch {
            throw ConfigError(.badValue, "\(what) has a damaged certificate: \(error.text)", key: key)
        }
        guard !all.isEmpty else {
            throw ConfigError(
                .badValue, "\(what) holds no certificate", key: key, hint: "PEM that begins -----BEGIN CERTIFICATE-----"
            )
        }
        return all
    }

    // MARK: This side's own

    /// The key, and the certificates among which its own is.
    func identity(_ identity: TLSConfig.Identity) throws(ConfigError) -> (key: PrivateKey, chain: [Certificate]) {
        let key: PrivateKey
        var contents = StoreContents()
        let what: String
        let setting: String
        switch identity {
        case .store(let path, _, let password):
            (what, setting) = ("the key store \(path)", "ssl.keystore.location")
            let bytes = try read(path, what: what, key: setting)
            switch StoreFormat(bytes) {
            case .pem:
                key = try self.key(inPEM: bytes, what: what, setting: setting)
                contents.certificates = try trusted(inPEM: bytes, what: what, key: setting)
            case .pkcs12:
                contents = try pkcs12(
                    bytes, what: what, path: path, password: password ?? config.keyPassword,
                    keys: (setting, "ssl.keystore.password"))
                guard let found = contents.key else {
                    throw ConfigError(.badValue, "\(what) holds no private key", key: setting)
                }
                key = found
            case let other: throw unusable(other, what: what, path: path, key: setting)
            }
        case .pair(let chain, let keyMaterial):
            (what, setting) = ("the certificate chain of the client", "ssl.keystore.certificate.chain")
            let text: [UInt8]
            switch chain {
            case .inline(let pem): text = Array(pem.utf8)
            case .file(let path):
                text = try read(path, what: "the certificate \(path)", key: "ssl.certificate.location")
            }
            contents.certificates = try trusted(inPEM: text, what: what, key: setting)
            switch keyMaterial {
            case .inline(let secret):
                key = try secret.reveal { bytes throws(ConfigError) in
                    try self.key(inPEM: bytes, what: "the client's key", setting: "ssl.keystore.key")
                }
            case .file(let path):
                let bytes = try read(path, what: "the key \(path)", key: "ssl.key.location")
                key = try self.key(inPEM: bytes, what: "the key \(path)", setting: "ssl.key.location")
            }
        }
        let chain = contents.chain(of: key)
        guard !chain.isEmpty else {
            throw ConfigError(.conflict, "\(what): no certificate in it belongs to the private key", key: setting)
        }
        return (key, chain)
    }

    private func key(inPEM bytes: [UInt8], what: String, setting: String) throws(ConfigError) -> PrivateKey {
        let phrase = Passphrase(config.keyPassword)
        do throws(OpenSSLErrors) {
            return try StoreContents.key(inPEM: bytes, phrase)
        } catch {
            if phrase.wasAsked, config.keyPassword == nil {
                throw ConfigError(
                    .missing, "\(what): the private key is encrypted", key: "ssl.key.password",
                    hint: "set ssl.key.password")
            }
            // One wrong password in some hundred leaves padding that looks right, and bytes that OpenSSL then calls
            // unsupported: so once a password was tried, it is the first suspect.
            if phrase.wasAsked {
                throw ConfigError(
                    .badValue, "\(what): the private key cannot be decrypted with this password: \(error.text)",
                    key: "ssl.key.password",
                    hint: error.needsLegacy
                        ? "check the password; an encryption that OpenSSL no longer has: openssl pkcs8 -topk8 writes it anew"
                        : nil)
            }
            if error.needsLegacy { throw legacy(what, setting, error) }
            throw ConfigError(
                .badValue, "\(what): no private key can be read from it: \(error.text)", key: setting,
                hint: "PEM that begins -----BEGIN PRIVATE KEY-----")
        }
    }

    // MARK: Files

    private func read(_ path: String, what: String, key: String) throws(ConfigError) -> [UInt8] {
        do throws(ConfigSource.Failure) {
            return try source.readFile(path)
        } catch {
            throw ConfigError(.unreadable, "\(what) \(error.words)", key: key)
        }
    }

    private func pkcs12(
        _ bytes: [UInt8], what: String, path: String, password: Secret?, keys: (location: String, password: String)
    ) throws(ConfigError) -> StoreContents {
        do throws(OpenSSLErrors) {
            return try StoreContents.pkcs12(bytes, password: password)
        } catch {
            if error.needsLegacy { throw legacy(what, keys.location, error) }
            if error.isWrongPassword {
                throw ConfigError(
                    password == nil ? .missing : .badValue,
                    password == nil
                        ? "\(what) is protected by a password"
                        : "\(what) does not open with this password: \(error.text)",
                    key: keys.password)
            }
            throw ConfigError(.badValue, "\(what) is no valid PKCS#12: \(error.text)", key: keys.location)
        }
    }

    private func legacy(_ what: String, _ key: String, _ error: OpenSSLErrors) -> ConfigError {
        ConfigError(
            .unsupported, "\(what) is encrypted with an algorithm that OpenSSL no longer has: \(error.text)", key: key,
            hint: "write it anew with a current keytool -importkeystore, or install OpenSSL's legacy provider")
    }

    private func unusable(_ format: StoreFormat, what: String, path: String, key: String) -> ConfigError {
        if let command = format.conversion(of: path) {
            return ConfigError(
                .unsupported, "\(what) is in a format of Java's own", key: key,
                hint: "convert it with: \(command)")
        }
        return ConfigError(
            .badValue, "\(what) is neither PEM nor PKCS#12", key: key, hint: "a PEM file begins with -----BEGIN")
    }
}

private import COpenSSL

/// A private key.
///
/// It is safe to use since the pointer stays inside and is freed with it.
@safe final class PrivateKey {
    private let key: OpaquePointer

    /// Takes over a reference that the caller holds.
    init(owning key: OpaquePointer) { unsafe self.key = key }

    deinit { unsafe EVP_PKEY_free(key) }

    /// Hands the pointer out for one call, which must not keep it beyond a reference of its own.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(key) }

    func belongs(to certificate: Certificate) -> Bool {
        let isMatch = unsafe certificate.withPointer { unsafe X509_check_private_key($0, key) == 1 }
        OpenSSLErrors.clear()
        return isMatch
    }
}

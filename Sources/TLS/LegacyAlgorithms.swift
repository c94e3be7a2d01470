private import COpenSSL

/// RC2 and its like, with which Java before version 9 and many tools encrypted key stores.
enum LegacyAlgorithms {
    /// Runs `body`; where it misses an algorithm, once more with OpenSSL's legacy provider.
    ///
    /// The provider is unloaded again: nothing but the reading of stores may have use of it.
    static func retrying<Result>(_ body: () throws(OpenSSLErrors) -> Result) throws(OpenSSLErrors) -> Result {
        do throws(OpenSSLErrors) {
            return try body()
        } catch {
            guard error.needsLegacy, let provider = unsafe OSSL_PROVIDER_try_load(nil, "legacy", 1) else { throw error }
            defer { unsafe OSSL_PROVIDER_unload(provider) }
            return try body()
        }
    }
}

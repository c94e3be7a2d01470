private import CCrypto

/// A hash function and what is built on it: digests, HMAC (RFC 2104) and PBKDF2 (RFC 8018), by libcrypto.
package enum HashFunction: Sendable, Hashable {
    case sha256
    case sha512

    /// Bytes of a digest.
    package var size: Int { self == .sha256 ? 32 : 64 }

    // A static table of the library, never freed.
    private var method: OpaquePointer? { self == .sha256 ? unsafe EVP_sha256() : unsafe EVP_sha512() }

    package func digest(of bytes: [UInt8]) throws(CryptoError) -> [UInt8] { try digest(of: bytes[...]) }

    package func digest(of bytes: ArraySlice<UInt8>) throws(CryptoError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        var count: UInt32 = 0
        let method = unsafe method
        let status = unsafe bytes.withUnsafeBytes { input in
            unsafe digest.withUnsafeMutableBufferPointer { output in
                // Writes `size` bytes.
                unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, &count, method, nil)
            }
        }
        guard status == 1, count == UInt32(size) else { throw CryptoError("EVP_Digest") }
        return digest
    }

    package func hmac(of message: [UInt8], key: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let keyCount = Int32(exactly: key.count) else { throw CryptoError("HMAC") }
        var code = [UInt8](repeating: 0, count: size)
        var count: UInt32 = 0
        let method = unsafe method
        let isDone = unsafe key.withUnsafeBytes { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe code.withUnsafeMutableBufferPointer { output in
                    // Writes `size` bytes; an empty key may be null.
                    unsafe HMAC(
                        method, key.baseAddress, keyCount, message.baseAddress, message.count, output.baseAddress,
                        &count) != nil
                }
            }
        }
        guard isDone, count == UInt32(size) else { throw CryptoError("HMAC") }
        return code
    }

    /// PBKDF2 with HMAC, one block long: SCRAM's `Hi`.
    ///
    /// Takes about a millisecond for 4,000 iterations.
    package func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int) throws(CryptoError) -> [UInt8] {
        guard let count = Int32(exactly: iterations), count > 0, let passwordCount = Int32(exactly: password.count),
            let saltCount = Int32(exactly: salt.count)
        else { throw CryptoError("PKCS5_PBKDF2_HMAC") }
        var key = [UInt8](repeating: 0, count: size)
        let method = unsafe method
        let status = unsafe password.withUnsafeBytes { password in
            unsafe salt.withUnsafeBufferPointer { salt in
                unsafe key.withUnsafeMutableBufferPointer { output in
                    // Writes `size` bytes; an empty password may be null.
                    unsafe PKCS5_PBKDF2_HMAC(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), passwordCount, salt.baseAddress,
                        saltCount, count, method, Int32(output.count), output.baseAddress)
                }
            }
        }
        guard status == 1 else { throw CryptoError("PKCS5_PBKDF2_HMAC") }
        return key
    }
}

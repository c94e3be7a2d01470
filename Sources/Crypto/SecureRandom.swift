private import CCrypto

/// Bytes that nobody can guess.
package enum SecureRandom {
    package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        guard let wanted = Int32(exactly: count) else { throw CryptoError("RAND_bytes") }
        var bytes = [UInt8](repeating: 0, count: count)
        let status = unsafe bytes.withUnsafeMutableBufferPointer { unsafe RAND_bytes($0.baseAddress, wanted) }
        guard status == 1 else { throw CryptoError("RAND_bytes") }
        return bytes
    }
}

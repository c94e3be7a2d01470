private import CCrypto
private import Value

/// SHA-256 by libcrypto.
package enum SHA256 {
    package static let zeros = String(repeating: "0", count: 64)

    /// The digest in lower-case hexadecimal, as `sha256sum` prints it.
    package static func hex(_ bytes: [UInt8]) throws(EvidenceError) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let status = unsafe bytes.withUnsafeBytes { input in
            unsafe digest.withUnsafeMutableBufferPointer { output in
                // Writes 32 bytes, the size of SHA-256, into `output`.
                unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, &count, EVP_sha256(), nil)
            }
        }
        guard status == 1, count == 32 else { throw EvidenceError(.noDigest, place: "libcrypto") }
        return Hex.text(digest)
    }
}

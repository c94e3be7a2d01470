import CCommit

/// What this program is.
enum ToolVersion {
    static let number = "0.1.0"

    /// The commit it was built from, in hexadecimal, with `-dirty` behind it where the tree was another; nil in a build
    /// that nobody told.
    static let commit: String? = {
        // SHA-256, should git come to it, and the word.
        let bytes = (Int32(0)..<80).lazy.map { UInt8(bitPattern: sluice_commit_character($0)) }.prefix { $0 != 0 }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }()

    /// What this build can do, in words that stay the same.
    static let features = [
        "codec_gzip", "codec_lz4", "codec_snappy", "codec_zstd", "evidence_1", "sasl_aws_msk_iam", "sasl_gssapi",
        "sasl_oauthbearer", "sasl_plain", "sasl_scram_sha_256", "sasl_scram_sha_512", "security_plaintext",
        "security_sasl_plaintext", "security_sasl_ssl", "security_ssl",
    ]
}

/// What this program is.
enum ToolVersion {
    static let number = "0.1.0"

    /// What this build can do, in words that stay the same.
    static let features = [
        "codec_gzip", "codec_lz4", "codec_snappy", "codec_zstd", "evidence_1", "sasl_aws_msk_iam", "sasl_gssapi",
        "sasl_oauthbearer", "sasl_plain", "sasl_scram_sha_256", "sasl_scram_sha_512", "security_plaintext",
        "security_sasl_plaintext", "security_sasl_ssl", "security_ssl",
    ]
}

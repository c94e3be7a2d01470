private import COpenSSL
private import CTLS
package import Transport

/// A certificate that was made here, with its chain and its key, as PEM: for brokers inside this process and for those
/// who log in on them.
package struct TLSIdentity: Hashable, Sendable {
    /// The certificate itself, then those of its issuers but the root.
    package let chain: String
    package let key: String
    /// Whether it vouches for itself: such a certificate is trusted or not, and need not be shown.
    private let isRoot: Bool

    /// What a certificate says.
    package struct Claim: Hashable, Sendable {
        package var commonName: String
        /// Names and addresses of hosts.
        package var hosts: [String]
        /// In seconds since 1970.
        package var notBefore: Int64
        package var notAfter: Int64

        package init(commonName: String, hosts: [String] = [], notBefore: Int64, notAfter: Int64) {
            self.commonName = commonName
            self.hosts = hosts
            self.notBefore = notBefore
            self.notAfter = notAfter
        }

        /// As OpenSSL's configuration has them.
        fileprivate var names: String? {
            hosts.isEmpty ? nil : hosts.map { (TLSEngine.isAddress($0) ? "IP:" : "DNS:") + $0 }.joined(separator: ",")
        }
    }

    /// An authority that vouches for itself.
    package static func authority(_ claim: Claim) throws(TLSFailure) -> TLSIdentity {
        try make(claim, isAuthority: true, issuer: nil)
    }

    /// A certificate of this authority.
    package func issue(_ claim: Claim) throws(TLSFailure) -> TLSIdentity {
        try Self.make(claim, isAuthority: false, issuer: self)
    }

    /// An authority that this one vouches for.
    package func authority(_ claim: Claim) throws(TLSFailure) -> TLSIdentity {
        try Self.make(claim, isAuthority: true, issuer: self)
    }

    private static func make(
        _ claim: Claim, isAuthority: Bool, issuer: TLSIdentity?
    ) throws(TLSFailure) -> TLSIdentity {
        OpenSSLErrors.clear()
        let certificate = unsafe BIO_new(BIO_s_mem())
        let key = unsafe BIO_new(BIO_s_mem())
        defer {
            unsafe BIO_free(certificate)
            unsafe BIO_free(key)
        }
        let isMade = unsafe sluice_tls_issue(
            certificate, key, claim.commonName, claim.names, claim.notBefore, claim.notAfter, isAuthority ? 1 : 0,
            issuer?.chain, issuer?.key)
        guard isMade == 1 else {
            throw TLSFailure(
                .certificate, "no certificate for \(claim.commonName) can be made: \(OpenSSLErrors.taken().text)")
        }
        let shown = issuer.map { $0.isRoot ? "" : $0.chain } ?? ""
        return unsafe TLSIdentity(
            chain: text(in: certificate) + shown, key: text(in: key), isRoot: issuer == nil)
    }

    private static func text(in memory: OpaquePointer?) -> String {
        let count = unsafe Int(BIO_ctrl_pending(memory))
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            filled = unsafe Int(max(0, BIO_read(memory, room.baseAddress, Int32(clamping: count))))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

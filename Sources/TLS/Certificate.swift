private import COpenSSL
private import CTLS
private import Glibc
import Transport

/// An X.509 certificate.
///
/// It is safe to use since the pointer stays inside, holds a reference, and gives it back at the end.
@safe final class Certificate {
    private let x509: OpaquePointer

    /// Takes over a reference that the caller holds.
    init(owning x509: OpaquePointer) { unsafe self.x509 = x509 }

    /// Takes a reference of its own.
    init(sharing x509: OpaquePointer) {
        unsafe X509_up_ref(x509)
        unsafe self.x509 = x509
    }

    deinit { unsafe X509_free(x509) }

    /// Hands the pointer out for one call, which must not keep it beyond a reference of its own.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(x509) }

    func isIssued(by issuer: Certificate) -> Bool {
        unsafe X509_check_issued(issuer.x509, x509) == X509_V_OK
    }

    var isSelfIssued: Bool { isIssued(by: self) }

    var facts: TLSFacts.Certificate {
        unsafe TLSFacts.Certificate(
            subject: Self.text(of: X509_get_subject_name(x509)), issuer: Self.text(of: X509_get_issuer_name(x509)),
            subjectAltNames: alternatives, notBefore: Self.moment(X509_get0_notBefore(x509)),
            notAfter: Self.moment(X509_get0_notAfter(x509)), sha256: digest)
    }

    /// Issuer name of a name, or nothing where it cannot be printed.
    private static func text(of name: OpaquePointer?) -> String {
        unsafe printed { unsafe sluice_tls_print_name($0, name) } ?? ""
    }

    private var alternatives: [String] {
        guard let names = unsafe sluice_tls_names(x509) else { return [] }
        defer { unsafe sluice_tls_free_names(names) }
        let count = unsafe sluice_tls_name_count(names)
        return (0..<min(count, 100)).compactMap { index in
            unsafe printed { unsafe sluice_tls_print_alternative($0, names, index) }
        }
    }

    private static func moment(_ time: UnsafePointer<ASN1_TIME>?) -> TLSFacts.Moment {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return TLSFacts.Moment(epochMs: 0, text: "") }
        func padded(_ number: Int32, _ width: Int = 2) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
        let (hour, minute, second) = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
        let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
        let text = "\(date)T\(padded(hour)):\(padded(minute)):\(padded(second))Z"
        return TLSFacts.Moment(epochMs: Int64(unsafe timegm(&parts)) * 1000, text: text)
    }

    private var digest: String {
        var bytes = [UInt8](repeating: 0, count: 64)
        var count: UInt32 = 0
        guard unsafe X509_digest(x509, EVP_sha256(), &bytes, &count) == 1 else { return "" }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes[..<Int(count)].flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

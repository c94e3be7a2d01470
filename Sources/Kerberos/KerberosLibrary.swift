private import CKerberos

/// libgssapi_krb5, opened by the first login that needs it rather than with the program.
final class KerberosLibrary: Sendable {
    /// Opened once for the whole process; a failure stays one.
    static let system = Result { () throws(KerberosLogin.Failure) in
        try KerberosLibrary(soname: "libgssapi_krb5.so.2")
    }

    /// Of the C side's table, which lives as long as this object.
    let address: UInt

    init(soname: String) throws(KerberosLogin.Failure) {
        var words = [CChar](repeating: 0, count: 1024)
        guard let table = unsafe sluice_gssapi_open(soname, &words, words.count) else {
            throw KerberosLogin.Failure(message: KerberosLogin.text(words))
        }
        address = UInt(bitPattern: table)
    }

    deinit { unsafe sluice_gssapi_free(OpaquePointer(bitPattern: address)) }
}

private import CKerberos
private import Glibc
private import Guarding

/// A Kerberos login from the client's side, by the system's libgssapi_krb5.
package final class KerberosLogin: Sendable {
    /// Where the client's key or tickets are; nil: what the system has.
    package struct Source: Sendable {
        package var principal: String?
        package var keytab: String?
        package var ticketCache: String?

        package init(principal: String? = nil, keytab: String? = nil, ticketCache: String? = nil) {
            self.principal = principal
            self.keytab = keytab
            self.ticketCache = ticketCache
        }
    }

    /// In the library's words.
    package struct Failure: Error, Hashable, Sendable {
        package let message: String
        package init(message: String) { self.message = message }
    }

    package struct Step: Sendable {
        /// For the server; may be empty.
        package let token: [UInt8]
        /// Whether both sides have proven themselves.
        package let isComplete: Bool
    }

    private typealias Call = (
        OpaquePointer, UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
        UnsafeMutablePointer<Int>, UnsafeMutablePointer<CChar>, Int
    ) -> Int32

    // The address of the C side's object, which lives as long as this one and is used under the lock only.
    private let login: Guarded<UInt>
    // The login uses its table.
    private let library: KerberosLibrary

    /// Gets the client's key or tickets; with a keytab the KDC is asked.
    ///
    /// Blocks; not for the cooperative pool.
    package init(service: String, host: String, source: Source) throws(Failure) {
        let library = try KerberosLibrary.system.get()
        guard let gssapi = unsafe OpaquePointer(bitPattern: library.address) else {
            throw Failure(message: "libgssapi_krb5 does not start")
        }
        var words = [CChar](repeating: 0, count: 1024)
        let name = "\(service)@\(host)"
        let made: OpaquePointer? = unsafe Self.withText(source.principal) { principal in
            unsafe Self.withText(source.keytab) { keytab in
                unsafe Self.withText(source.ticketCache) { cache in
                    var source = unsafe sluice_kerberos_source(
                        principal: principal, keytab: keytab, ticket_cache: cache)
                    return unsafe sluice_kerberos_new(gssapi, name, &source, &words, words.count)
                }
            }
        }
        guard let made = unsafe made else { throw Failure(message: Self.text(words)) }
        login = Guarded(UInt(bitPattern: made))
        self.library = library
    }

    deinit { login.withLock { unsafe sluice_kerberos_free(OpaquePointer(bitPattern: $0)) } }

    /// The next token for the server; of an empty challenge the first, for which the KDC is asked.
    package func step(_ challenge: [UInt8]) throws(Failure) -> Step {
        let (token, status) = unsafe try call(challenge, sluice_kerberos_step)
        return Step(token: token, isComplete: status == Int32(SLUICE_KERBEROS_DONE))
    }

    package func unwrap(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        unsafe try call(bytes, sluice_kerberos_unwrap).token
    }

    package func wrap(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        unsafe try call(bytes, sluice_kerberos_wrap).token
    }

    private func call(_ input: [UInt8], _ function: Call) throws(Failure) -> (token: [UInt8], status: Int32) {
        var words = [CChar](repeating: 0, count: 1024)
        var token: [UInt8] = []
        let status = login.withLock { address -> Int32 in
            guard let login = unsafe OpaquePointer(bitPattern: address) else { return -1 }
            var output: UnsafeMutablePointer<UInt8>?
            var count = 0
            let status = unsafe input.withUnsafeBufferPointer { input in
                unsafe function(login, input.baseAddress, input.count, &output, &count, &words, words.count)
            }
            if let output = unsafe output {
                token = unsafe Array(UnsafeBufferPointer(start: output, count: count))
                unsafe free(output)
            }
            return status
        }
        guard status >= 0 else { throw Failure(message: Self.text(words)) }
        return (token, status)
    }

    private static func withText<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
        guard let text else { return body(nil) }
        return unsafe text.withCString { unsafe body($0) }
    }

    static func text(_ words: [CChar]) -> String {
        String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

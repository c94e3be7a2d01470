private import CCurl

/// libcurl, opened by the first request rather than with the program: it brings some thirty libraries along, and most
/// logins send no request.
final class CurlLibrary: Sendable {
    struct Unavailable: Error, Hashable {
        let message: String
    }

    /// Opened once for the whole process; a failure stays one.
    static let system = Result { () throws(Unavailable) in try CurlLibrary(soname: "libcurl.so.4") }

    /// Of the C side's table, which lives as long as this object.
    let address: UInt

    init(soname: String) throws(Unavailable) {
        var words = [CChar](repeating: 0, count: 1024)
        guard let table = unsafe sluice_curl_open(soname, &words, words.count) else {
            let said = words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Unavailable(message: String(decoding: said, as: UTF8.self))
        }
        address = UInt(bitPattern: table)
    }

    deinit { unsafe sluice_curl_free(OpaquePointer(bitPattern: address)) }
}

private import COpenSSL
private import CTLS

/// What OpenSSL says went wrong on this thread: its whole stack of errors, the first cause first.
struct OpenSSLErrors: Error {
    /// What one entry says.
    struct Entry {
        let library: Int32
        let reason: Int32
        /// The number of the alert that the peer sent, where it is one.
        let alert: Int32?
        let text: String
    }

    let entries: [Entry]

    /// Forgets what earlier calls on this thread left behind.
    static func clear() { ERR_clear_error() }

    /// Takes the stack, which is empty then.
    static func taken() -> OpenSSLErrors {
        var entries: [Entry] = []
        while true {
            var data: UnsafePointer<CChar>?
            var flags: Int32 = 0
            let code = unsafe ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { return OpenSSLErrors(entries: entries) }
            // A stack holds 16; the bound only makes the loop's end evident.
            guard entries.count < 64 else { continue }
            var text = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            if flags & ERR_TXT_STRING != 0, let words = unsafe data.map({ unsafe String(cString: $0) }), !words.isEmpty
            {
                text += " (\(words.prefix(200)))"
            }
            let alert = sluice_tls_peer_alert(code)
            entries.append(
                Entry(
                    library: ERR_GET_LIB(code), reason: ERR_GET_REASON(code), alert: alert < 0 ? nil : alert,
                    text: text))
        }
    }

    /// The alert of the peer, where one is what ended it.
    var alert: Int32? { entries.lazy.compactMap(\.alert).first }

    /// Whether an algorithm is missing that the legacy provider may have.
    var needsLegacy: Bool { entries.contains { $0.reason == ERR_R_UNSUPPORTED || $0.text.contains("unsupported") } }

    /// Whether a PKCS#12 store needs another password.
    var isWrongPassword: Bool { contains(library: ERR_LIB_PKCS12, reason: PKCS12_R_MAC_VERIFY_FAILURE) }

    func contains(library: Int32, reason: Int32) -> Bool {
        entries.contains { $0.library == library && $0.reason == reason }
    }

    var text: String {
        entries.isEmpty ? "OpenSSL gives no reason" : entries.map(\.text).joined(separator: "; caused: ")
    }
}

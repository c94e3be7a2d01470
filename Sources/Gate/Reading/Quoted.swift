import Value

/// Names from files and command lines, fit for a message: one line, bounded, no control bytes.
enum Quoted {
    private static let longest = 120

    /// The text without quotation marks.
    static func plain(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            guard shown.unicodeScalars.count < longest else { return shown + "…" }
            // C0, DEL and C1 could drive a terminal.
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return shown
    }

    static func text(_ text: String) -> String { "\"" + plain(text) + "\"" }
    static func text(_ bytes: ByteString) -> String { text(shortened(bytes).description) }
    static func plain(_ bytes: ByteString) -> String { plain(shortened(bytes).description) }

    private static func shortened(_ bytes: ByteString) -> ByteString {
        bytes.bytes.count <= 4 * longest ? bytes : ByteString(bytes: Array(bytes.bytes.prefix(4 * longest)))
    }
}

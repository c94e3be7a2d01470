/// A peer's words as they may stand in a message: one line, without control characters, not too long.
enum ShownText {
    private static let limit = 200

    static func of(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        let shown = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }.joined()
        return bytes.count > limit ? shown + "…" : shown
    }
}

import Value

/// Text from clusters, gates and files, made harmless for whoever reads it on a terminal or in a log.
///
/// Controls and escape sequences, bidirectional and invisible characters, line separators and bytes that are not UTF-8
/// become visible escapes, so that no text can move the cursor, colour itself, hide or stand elsewhere than it is.
enum TerminalText {
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isEscaped) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { append(scalar, to: &shown) }
        return String(shown)
    }

    /// As above; a byte that is no part of UTF-8 becomes `\xff`.
    static func escaped(_ text: ByteString) -> String {
        if let text = text.text { return escaped(text) }
        var shown = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = text.bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &shown)
                offset += encoded.count
            case .error(let length):
                for byte in text.bytes[offset..<offset + length] { shown += "\\x\(Hex.text([byte]))".unicodeScalars }
                offset += length
            case .emptyInput: return String(shown)
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to shown: inout String.UnicodeScalarView) {
        guard isEscaped(scalar) else { return shown.append(scalar) }
        switch scalar {
        case "\n": shown += "\\n".unicodeScalars
        case "\r": shown += "\\r".unicodeScalars
        case "\t": shown += "\\t".unicodeScalars
        case "\u{00}"..."\u{7F}": shown += "\\x\(Hex.text([UInt8(truncatingIfNeeded: scalar.value)]))".unicodeScalars
        default: shown += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
        }
    }

    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value >= 0x20 && scalar.value < 0x7F { return false }
        switch scalar.properties.generalCategory {
        // Unassigned and private ones show as whatever a font likes; format ones include all that are bidirectional.
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return true
        // Blanks that look like the common one, or like nothing.
        case .spaceSeparator: return scalar != " "
        default: break
        }
        switch scalar.value {
        // Fillers without a shape, and variation selectors.
        case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x2800, 0x3164, 0xFE00...0xFE0F, 0xFFA0,
            0xE0100...0xE01EF:
            return true
        default: return false
        }
    }
}

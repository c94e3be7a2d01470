/// Text of a configuration on its way into a message.
enum ConfigText {
    /// `place key: message (hint)`, without the parts that are not known.
    static func sentence(place: ConfigOrigin?, key: String?, message: String, hint: String?) -> String {
        let head = [place?.description, key].compactMap(\.self).joined(separator: " ")
        let body = head.isEmpty ? message : "\(head): \(message)"
        return if let hint { "\(body) (\(hint))" } else { body }
    }

    /// A value in quotes: cut when long, and nothing in it can move the cursor or forge a line.
    static func quoted(_ text: String) -> String {
        // A key that stands where a path or a word should: cut, no rule would know it again.
        guard !text.utf8.contains(text: "PRIVATE KEY") else { return "\"‹secret›\"" }
        let limit = 120
        var shown = "\""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < limit else { return shown + "…\"" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown + "\""
    }

    /// Whether text that somebody wrote can only be a key of a client configuration, and not a piece of a password or
    /// of a PEM file that landed on a line of its own: only then may a message show it.
    static func looksLikeKey(_ text: String) -> Bool {
        text.utf8.count <= 80 && text.utf8.contains(UInt8(ascii: "."))
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// Whether text has the shape of a Java class name with a package.
    static func looksLikeClass(_ text: String) -> Bool {
        text.utf8.count <= 200 && text.utf8.contains(UInt8(ascii: "."))
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "$"): true
                default: false
                }
            }
    }
}

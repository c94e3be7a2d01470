/// `${provider:argument}`, found in a value.
struct ConfigReference {
    var range: Range<Int>
    var provider: String
    var argument: String

    var text: String { "${\(provider):\(argument)}" }

    /// The path has no colon in it, the key may.
    var pathAndKey: (String, String)? {
        let bytes = Array(argument.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return (
            String(decoding: bytes[..<colon], as: UTF8.self), String(decoding: bytes[(colon + 1)...], as: UTF8.self)
        )
    }

    /// Braces that hold nothing like `name:…` are text.
    init?(firstIn bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[(dollar + 1)...]
            guard rest.first == UInt8(ascii: "{") else { continue }
            let inner = rest.dropFirst()
            let name = inner.prefix(while: Self.belongsToName)
            guard !name.isEmpty, inner.dropFirst(name.count).first == UInt8(ascii: ":") else { continue }
            // Nothing closes this one: nothing closes any that follows, and looking again would take quadratic time.
            guard let end = inner.firstIndex(of: UInt8(ascii: "}")) else { return nil }
            range = dollar..<(end + 1)
            provider = String(decoding: name, as: UTF8.self)
            argument = String(decoding: inner[(name.endIndex + 1)..<end], as: UTF8.self)
            return
        }
        return nil
    }

    private static func belongsToName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }
}

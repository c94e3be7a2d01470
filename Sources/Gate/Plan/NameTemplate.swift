package import Value

/// How a name on the source becomes one on the target: a text with one placeholder, such as `src.{topic}`.
package struct NameTemplate: Hashable, Sendable {
    package enum Placeholder: String, Hashable, Sendable {
        case topic = "{topic}"
        case group = "{group}"
    }

    package let text: String
    private let prefix: [UInt8]
    private let suffix: [UInt8]

    package init(_ text: String, _ placeholder: Placeholder) throws(GateError) {
        try self.init(text, placeholder, at: Place())
    }

    init(_ text: String, _ placeholder: Placeholder, at place: Place) throws(GateError) {
        let parts = Self.split(Array(text.utf8), at: Array(placeholder.rawValue.utf8))
        guard parts.count == 2 else {
            let fact = "\(Quoted.text(text)) does not have exactly one \(placeholder.rawValue)"
            throw place.error(.invalid(fact), hint: "for instance \"src.\(placeholder.rawValue)\"")
        }
        let braces = parts.joined().contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }
        guard !braces else {
            let fact = "\(Quoted.text(text)) has braces besides \(placeholder.rawValue)"
            throw place.error(.invalid(fact))
        }
        self.text = text
        (prefix, suffix) = (parts[0], parts[1])
    }

    package func name(for source: ByteString) -> ByteString { ByteString(bytes: prefix + source.bytes + suffix) }

    private static func split(_ bytes: [UInt8], at separator: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: separator) {
                parts.append([])
                at += separator.count
            } else {
                parts[parts.count - 1].append(bytes[at])
                at += 1
            }
        }
        return parts
    }
}

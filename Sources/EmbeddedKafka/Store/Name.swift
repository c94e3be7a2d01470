/// A topic, group, user or other name as a key, told from others by its bytes.
///
/// Kafka compares names as they are; `String` would also find `K` under the Kelvin sign.
package struct Name: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }
    package init(stringLiteral value: String) { text = value }

    package var description: String { text }

    package static func == (left: Name, right: Name) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package static func < (left: Name, right: Name) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }

    /// As Java's `String.hashCode`, which decides where a group or a transactional id lives.
    var javaHash: Int32 { text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) } }
}

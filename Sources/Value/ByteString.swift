/// A string as its bytes: what Lua, JSON lines and Kafka names are made of.
///
/// Compared byte by byte. Swift's `String` compares by canonical equivalence, so that two different group names could
/// be taken for one; and it repairs bytes that are not UTF-8, so that two different record values could.
package struct ByteString: Hashable, Sendable {
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    /// Eight bytes at a time: the synthesized one hands them to the hasher one by one.
    package func hash(into hasher: inout Hasher) {
        var word: UInt64 = 0
        var filled = 0
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            filled += 1
            if filled == 8 {
                hasher.combine(word)
                (word, filled) = (0, 0)
            }
        }
        hasher.combine(word)
        hasher.combine(bytes.count)
    }

    /// The text, or nil where the bytes are not UTF-8.
    package var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension ByteString: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension ByteString: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}

/// For people: bytes that are not UTF-8 show as replacement characters.
extension ByteString: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}

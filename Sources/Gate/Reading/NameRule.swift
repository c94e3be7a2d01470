package import Value

/// The rule for the names of gates, checks, notes, arguments and ids: 1 to 64 bytes of `a-z0-9_`.
package enum NameRule {
    package static let words = "1 to 64 characters of a-z, 0-9 and _"

    package static func allows(_ name: ByteString) -> Bool {
        (1...64).contains(name.bytes.count) && name.bytes.allSatisfy(isNameByte)
    }

    /// Tags may also hold `-` and `.`.
    static func allowsTag(_ tag: ByteString) -> Bool {
        (1...64).contains(tag.bytes.count)
            && tag.bytes.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

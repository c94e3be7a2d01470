/// Reading UTF-8 strictly, scalar by scalar, without making a `String`.
enum UTF8Scan {
    /// The scalar that starts at `index` and its length in bytes; nil where the bytes are not UTF-8 (overlong forms,
    /// surrogates, a cut sequence).
    static func scalar(in bytes: [UInt8], at index: Int) -> (value: UInt32, count: Int)? {
        let first = bytes[index]
        let count: Int
        var value: UInt32
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0x00...0x7F: return (UInt32(first), 1)
        case 0xC2...0xDF: (count, value) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF:
            (count, value) = (3, UInt32(first & 0x0F))
            if first == 0xE0 { second = 0xA0...0xBF } else if first == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            (count, value) = (4, UInt32(first & 0x07))
            if first == 0xF0 { second = 0x90...0xBF } else if first == 0xF4 { second = 0x80...0x8F }
        default: return nil
        }
        guard bytes.count - index >= count, second.contains(bytes[index + 1]) else { return nil }
        value = value << 6 | UInt32(bytes[index + 1] & 0x3F)
        for offset in 2..<max(2, count) {
            guard bytes[index + offset] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(bytes[index + offset] & 0x3F)
        }
        return (value, count)
    }
}

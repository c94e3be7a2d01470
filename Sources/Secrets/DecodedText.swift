/// A text as it reads once escapes are undone, and where in the original each of its bytes stands.
///
/// Looking for the plain secret in decoded texts finds every mixture of escaped and plain characters, which no list of
/// escaped forms could hold.
struct DecodedText {
    let bytes: [UInt8]
    /// Where each byte comes from; nil in the original itself.
    private let origins: [Range<Int>]?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        origins = nil
    }

    private init(_ bytes: [UInt8], origins: [Range<Int>]) {
        self.bytes = bytes
        self.origins = origins
    }

    /// The part of the original that a part of this text stands for.
    func origin(of range: Range<Int>) -> Range<Int> {
        guard let origins, !range.isEmpty else { return range }
        return origins[range.lowerBound].lowerBound..<origins[range.upperBound - 1].upperBound
    }

    /// With JSON's escapes undone; nil where there are none.
    ///
    /// What is no escape of JSON stays as it is.
    func withoutJSONEscapes() -> DecodedText? {
        decoded(marker: UInt8(ascii: "\\")) { index in
            guard index + 1 < bytes.count else { return nil }
            switch bytes[index + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return ([bytes[index + 1]], 2)
            case UInt8(ascii: "b"): return ([0x08], 2)
            case UInt8(ascii: "t"): return ([0x09], 2)
            case UInt8(ascii: "n"): return ([0x0A], 2)
            case UInt8(ascii: "f"): return ([0x0C], 2)
            case UInt8(ascii: "r"): return ([0x0D], 2)
            case UInt8(ascii: "u"): return unicodeEscape(at: index)
            default: return nil
            }
        }
    }

    /// With `%xx` undone; nil where there is none.
    func withoutURLEscapes() -> DecodedText? {
        decoded(marker: UInt8(ascii: "%")) { index in
            guard let code = hexadecimal(at: index + 1, digits: 2) else { return nil }
            return ([UInt8(truncatingIfNeeded: code)], 3)
        }
    }

    private func decoded(marker: UInt8, escape: (Int) -> (bytes: [UInt8], count: Int)?) -> DecodedText? {
        guard let first = bytes.firstIndex(of: marker) else { return nil }
        var result = Array(bytes[..<first])
        var places = (0..<first).map { origin(of: $0..<$0 + 1) }
        result.reserveCapacity(bytes.count)
        places.reserveCapacity(bytes.count)
        var index = first
        var isChanged = false
        while index < bytes.count {
            if bytes[index] == marker, let plain = escape(index) {
                isChanged = true
                result += plain.bytes
                let place = origin(of: index..<index + plain.count)
                places += repeatElement(place, count: plain.bytes.count)
                index += plain.count
            } else {
                result.append(bytes[index])
                places.append(origin(of: index..<index + 1))
                index += 1
            }
        }
        return isChanged ? DecodedText(result, origins: places) : nil
    }

    /// `\uXXXX`, or two of them where they are a surrogate pair.
    private func unicodeEscape(at index: Int) -> (bytes: [UInt8], count: Int)? {
        guard var code = hexadecimal(at: index + 2, digits: 4) else { return nil }
        var count = 6
        if code & 0xFC00 == 0xD800, index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"),
            bytes[index + 7] == UInt8(ascii: "u"), let low = hexadecimal(at: index + 8, digits: 4),
            low & 0xFC00 == 0xDC00
        {
            code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            count = 12
        }
        guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else { return nil }
        return (Array(encoded), count)
    }

    private func hexadecimal(at index: Int, digits: Int) -> UInt32? {
        guard bytes.count - index >= digits else { return nil }
        var code: UInt32 = 0
        for byte in bytes[index..<index + digits] {
            guard let digit = ASCII.hexDigit(byte) else { return nil }
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}

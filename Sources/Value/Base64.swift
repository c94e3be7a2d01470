/// Base64 (RFC 4648): the standard alphabet and the one for URLs.
package enum Base64 {
    package enum Alphabet: Sendable {
        /// `+` and `/`, padded with `=`.
        case standard
        /// `-` and `_`, not padded.
        case url

        fileprivate var characters: [UInt8] { self == .standard ? Base64.standard : Base64.url }
    }

    private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    fileprivate static let standard = Array((common + "+/").utf8)
    fileprivate static let url = Array((common + "-_").utf8)
    /// By character, 255 where it is none of the alphabet.
    private static let standardValues = values(of: standard)
    private static let urlValues = values(of: url)

    private static func values(of characters: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }

    package static func text(_ bytes: [UInt8], alphabet: Alphabet = .standard) -> String {
        String(decoding: encode(bytes, alphabet: alphabet), as: UTF8.self)
    }

    package static func encode(_ bytes: [UInt8], alphabet: Alphabet = .standard) -> [UInt8] {
        let characters = alphabet.characters
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
            for place in 0...count { output.append(characters[Int(group >> (18 - 6 * UInt32(place)) & 63)]) }
            if alphabet == .standard { output += repeatElement(UInt8(ascii: "="), count: 3 - count) }
        }
        return output
    }

    /// The bytes; nil unless the text is exactly what `encode` gives for them (padding, no spaces, unused bits zero).
    package static func decode(_ text: some StringProtocol, alphabet: Alphabet = .standard) -> [UInt8]? {
        var digits = Array(text.utf8)
        if alphabet == .standard {
            guard digits.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        }
        guard digits.count % 4 != 1 else { return nil }
        let values = alphabet == .standard ? standardValues : urlValues
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var count = 0
        for digit in digits {
            let value = values[Int(digit)]
            guard value != 255 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= 1 << UInt32(count) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }
}

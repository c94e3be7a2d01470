/// One form in which a secret may occur in a text.
struct Needle: Sendable {
    enum Form: Sendable { case exact, hexadecimal, base64 }

    let bytes: [UInt8]
    let form: Form
    /// Base64 characters on either side that hold bits of the secret together with bits of its neighbours.
    var hasSharedStart = false
    var hasSharedEnd = false

    /// Every form of the secret, the shortest 4 bytes long: plain, with `+` for spaces (behind URL encoding),
    /// hexadecimal, and base64 in both alphabets at the three places where it can start within a group.
    static func all(of secret: [UInt8]) -> [Needle] {
        var needles = [Needle(bytes: secret, form: .exact)]
        if secret.contains(UInt8(ascii: " ")) {
            let plus = secret.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
            needles.append(Needle(bytes: plus, form: .exact))
        }
        let digits = Array("0123456789abcdef".utf8)
        needles.append(
            Needle(bytes: secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, form: .hexadecimal))
        for before in 0..<3 {
            let standard = base64(secret, before: before)
            needles.append(standard)
            let url = standard.bytes.map { byte in
                byte == UInt8(ascii: "+") ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
            }
            if url != standard.bytes {
                var needle = Needle(bytes: url, form: .base64)
                (needle.hasSharedStart, needle.hasSharedEnd) = (standard.hasSharedStart, standard.hasSharedEnd)
                needles.append(needle)
            }
        }
        return needles
    }

    /// The characters of base64 that depend on the secret alone, where `before` bytes precede it in its group.
    private static func base64(_ secret: [UInt8], before: Int) -> Needle {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var characters: [UInt8] = []
        var bits: UInt32 = 0
        // Bits of the bytes before that share a character with the secret: that character is left out.
        var count = 0
        var skip = before * 8 % 6 == 0 ? 0 : 6 - before * 8 % 6
        for byte in secret {
            bits = bits << 8 | UInt32(byte)
            count += 8
            if skip > 0 {
                count -= skip
                bits &= 1 << UInt32(count) - 1
                skip = 0
            }
            while count >= 6 {
                count -= 6
                characters.append(alphabet[Int(bits >> UInt32(count) & 63)])
                bits &= 1 << UInt32(count) - 1
            }
        }
        var needle = Needle(bytes: characters, form: .base64)
        needle.hasSharedStart = before > 0
        needle.hasSharedEnd = count > 0
        return needle
    }

    /// Whether it stands in `text` at `start`.
    func matches(_ text: [UInt8], at start: Int) -> Bool {
        guard start >= 0, text.count - start >= bytes.count else { return false }
        for index in 0..<bytes.count {
            let byte = text[start + index]
            guard (form == .hexadecimal ? ASCII.lowercased(byte) : byte) == bytes[index] else { return false }
        }
        return true
    }

    /// Whether a text is a beginning of it.
    func begins(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= bytes.count
            && zip(text, bytes).allSatisfy { (form == .hexadecimal ? ASCII.lowercased($0) : $0) == $1 }
    }

    /// The range of a match, with the characters it shares with its neighbours.
    func range(in text: [UInt8], at start: Int) -> Range<Int> {
        var range = start..<start + bytes.count
        if hasSharedStart, start > 0, ASCII.isBase64(text[start - 1]) { range = start - 1..<range.upperBound }
        if hasSharedEnd, range.upperBound < text.count, ASCII.isBase64(text[range.upperBound]) {
            range = range.lowerBound..<range.upperBound + 1
        }
        return range
    }
}

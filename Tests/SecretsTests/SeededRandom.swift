/// SplitMix64, so that a failing test fails again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Text such as passwords are made of: letters, digits, signs that encodings escape, some beyond ASCII.
    mutating func text(_ count: ClosedRange<Int>) -> String {
        let letters = Array("abcXYZ0189 \"\\/%+&=?#:;<>'é漢😀~-_.\u{1}\n\t")
        return String((0..<Int.random(in: count, using: &self)).map { _ in letters.randomElement(using: &self) ?? "a" })
    }
}

// Encoders of the tests' own, so that the product is not judged by itself.

func encoded(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 6) {
        let group = (0..<6).map { start + $0 < bits.count ? Int(bits[start + $0]) : 0 }
        text.append(alphabet[group.reduce(0) { $0 * 2 + $1 }])
    }
    return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
}

func urlEncoded(_ text: String) -> String {
    text.utf8.map { byte in
        byte == 0x20
            ? "+"
            : byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A && byte < 0x80
                ? String(decoding: [byte], as: UTF8.self) : "%" + hexadecimal([byte])
    }.joined()
}

func jsonEscaped(_ text: String, all: Bool) -> String {
    text.utf16.map { unit in
        switch unit {
        case 0x22, 0x2F, 0x5C: "\\" + String(decoding: [unit], as: UTF16.self)
        case 0x0A: "\\n"
        default:
            all || unit < 0x20 || unit > 0x7E
                ? "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count) + String(unit, radix: 16)
                : String(decoding: [unit], as: UTF16.self)
        }
    }.joined()
}

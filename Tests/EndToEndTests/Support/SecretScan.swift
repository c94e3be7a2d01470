import Foundation

/// Looks for a secret in what a program wrote, in every encoding that an output could have it in.
///
/// It shares no code with the redaction it is there to doubt.
struct SecretScan {
    /// A text as it is and with its escapes undone, once and twice.
    private let texts: [(name: String, bytes: Data)]
    /// The texts in lower case, for hexadecimal digits.
    private let lowered: [(name: String, bytes: Data)]

    init(_ output: Data) {
        var texts = [("", output)]
        var layer = texts
        for _ in 0..<2 {
            layer = layer.flatMap { name, bytes in
                [
                    (name + " behind %xx", Self.withoutPercent(bytes)),
                    (name + " behind JSON escapes", Self.withoutJSON(bytes)),
                ].filter { $0.1 != bytes }
            }
            texts += layer
        }
        self.texts = texts
        lowered = texts.map { name, bytes in (name, Data(bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })) }
    }

    /// The encodings in which a secret is there; none where it is not.
    ///
    /// A secret of fewer than 8 bytes would occur by chance in its encodings, so only itself is looked for. Of a
    /// `random` one, which nothing has a piece of by chance, either half is enough.
    func encodings(of secret: Data, random: Bool = false) -> [String] {
        Self.forms(of: secret, random: random).flatMap { form in
            (form.inLowerCase ? lowered : texts).filter { $0.bytes.range(of: form.bytes) != nil }
                .map { form.name + $0.name }
        }
    }

    /// The same of a text.
    func encodings(of secret: String, random: Bool = false) -> [String] {
        encodings(of: Data(secret.utf8), random: random)
    }

    /// Those of many random secrets that ``encodings(of:random:)`` may find here, by one walk over the output: the
    /// first bytes of one of their forms are there.
    func mayHold(_ secrets: Set<Data>) -> Set<Data> {
        let width = 7
        var starts: [UInt64: Set<Data>] = [:]
        // Which low 16 bits a start may have: nearly every place of an output is passed over by this alone.
        var likely = [Bool](repeating: false, count: 1 << 16)
        var held: Set<Data> = []
        for secret in secrets {
            for form in Self.forms(of: secret, random: true) {
                guard form.bytes.count >= width else {
                    held.insert(secret)
                    continue
                }
                let start = form.bytes.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                starts[start, default: []].insert(secret)
                likely[Int(start & 0xFFFF)] = true
            }
        }
        for text in texts + lowered {
            var window: UInt64 = 0
            for byte in [UInt8](text.bytes) {
                window = (window << 8 | UInt64(byte)) & (1 << (UInt64(width) * 8) - 1)
                if likely[Int(window & 0xFFFF)], let found = starts[window] { held.formUnion(found) }
            }
        }
        return held
    }

    /// One way to write a secret.
    private struct Form {
        let name: String
        let bytes: Data
        /// Whether it is looked for where capital letters have become small ones.
        var inLowerCase = false
    }

    private static func forms(of bytes: Data, random: Bool) -> [Form] {
        guard !bytes.isEmpty else { return [] }
        var forms = [Form(name: "plain", bytes: bytes)]
        guard bytes.count >= 8 else { return forms }
        forms.append(Form(name: "backwards", bytes: Data(bytes.reversed())))
        if bytes.contains(0x20) {
            forms.append(Form(name: "with + for spaces", bytes: Data(bytes.map { $0 == 0x20 ? 0x2B : $0 })))
        }
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        forms.append(Form(name: "hexadecimal", bytes: Data(digits.utf8), inLowerCase: true))
        for before in 0..<3 {
            let standard = base64(bytes, before: before)
            forms.append(Form(name: "base64 after \(before) bytes", bytes: standard))
            let url = Data(standard.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 })
            if url != standard { forms.append(Form(name: "base64url after \(before) bytes", bytes: url)) }
        }
        if random {
            let half = bytes.count / 2
            forms.append(Form(name: "first half", bytes: bytes.prefix(half)))
            forms.append(Form(name: "second half", bytes: bytes.suffix(half)))
        }
        return forms
    }

    /// The characters of base64 that depend on the secret alone, by Foundation's encoder.
    private static func base64(_ bytes: Data, before: Int) -> Data {
        let text = Data((Data(count: before) + bytes).base64EncodedData())
        let bits = (before * 8, (before + bytes.count) * 8)
        return text[((bits.0 + 5) / 6)..<(bits.1 / 6)]
    }

    private static func withoutPercent(_ bytes: Data) -> Data {
        guard bytes.contains(0x25) else { return bytes }
        let bytes = [UInt8](bytes)
        var plain = Data()
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, let code = hexadecimal(bytes, index + 1, 2) {
                plain.append(UInt8(truncatingIfNeeded: code))
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return plain
    }

    private static func withoutJSON(_ bytes: Data) -> Data {
        guard bytes.contains(0x5C) else { return bytes }
        let short: [UInt8: UInt8] = [
            0x62: 8, 0x74: 9, 0x6E: 10, 0x66: 12, 0x72: 13, 0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F,
        ]
        let bytes = [UInt8](bytes)
        var plain = Data()
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x5C, index + 1 < bytes.count {
                if let byte = short[bytes[index + 1]] {
                    plain.append(byte)
                    index += 2
                    continue
                }
                if bytes[index + 1] == 0x75, let code = hexadecimal(bytes, index + 2, 4),
                    let scalar = Unicode.Scalar(code)
                {
                    plain.append(contentsOf: Array(String(Character(scalar)).utf8))
                    index += 6
                    continue
                }
            }
            plain.append(bytes[index])
            index += 1
        }
        return plain
    }

    private static func hexadecimal(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt32? {
        guard bytes.count - start >= count else { return nil }
        let digits = bytes[start..<start + count]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

/// A topic id or directory id: 16 bytes.
package struct KafkaUUID: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    /// All zero, Kafka's "none".
    package static let zero = Self(high: 0, low: 0)

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }
}

/// As Kafka prints it: url-safe base64, 22 characters, no padding.
extension KafkaUUID: LosslessStringConvertible {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package var description: String {
        let digits = (0..<22).map { digit in
            // 21 digits of six bits, then one whose low four bits are no part of the 128.
            let start = digit * 6
            let six = (start..<start + 6).reduce(0) { $0 << 1 | bit($1) }
            return Self.alphabet[six]
        }
        return String(decoding: digits, as: UTF8.self)
    }

    package init?(_ description: String) {
        let digits = Array(description.utf8)
        guard digits.count == 22 else { return nil }
        self = .zero
        for (place, digit) in digits.enumerated() {
            guard let six = Self.alphabet.firstIndex(of: digit) else { return nil }
            guard place < 21 else {
                guard six & 0b1111 == 0 else { return nil }
                append(UInt64(six >> 4), bits: 2)
                break
            }
            append(UInt64(six), bits: 6)
        }
    }

    private func bit(_ index: Int) -> Int {
        guard index < 128 else { return 0 }
        let word = index < 64 ? high : low
        return Int(truncatingIfNeeded: word >> UInt64(63 - index % 64)) & 1
    }

    private mutating func append(_ value: UInt64, bits: UInt64) {
        high = high << bits | low >> (64 - bits)
        low = low << bits | value
    }
}

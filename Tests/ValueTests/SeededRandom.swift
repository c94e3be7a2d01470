import Value

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

    /// A value that JSON holds without loss: safe integers, fractions, UTF-8.
    mutating func value(depth: Int) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int64.random(in: -(1 << 53 - 1)...(1 << 53 - 1), using: &self))
        case 3: return .number(Double(Int32.random(in: .min ... .max, using: &self)) + 0.5)
        case 4: return .text(text())
        case 5: return .list((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            var entries: [ByteString: Value] = [:]
            for _ in 0..<Int.random(in: 0..<5, using: &self) { entries[ByteString(text())] = value(depth: depth - 1) }
            return .map(entries)
        }
    }

    mutating func text() -> String {
        let ranges: [ClosedRange<UInt32>] = [0...0x7F, 0x20...0x7E, 0x80...0x7FF, 0x2000...0x2070, 0xE000...0x1FFFF]
        var text = ""
        for _ in 0..<Int.random(in: 0..<9, using: &self) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

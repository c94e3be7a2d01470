private import Value

/// The name of a run: a UUIDv7 (RFC 9562), so that names sort by time.
package struct RunID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// A new name for a run that begins at this time.
    package init(unixMs: Int64, using random: inout some RandomNumberGenerator) {
        let time = UInt64(clamping: unixMs) & 0xFFFF_FFFF_FFFF
        let high = time << 16 | 0x7000 | random.next() & 0x0FFF
        let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Hex.text(
            [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } })
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        text = groups.map { String(digits.dropFirst($0.lowerBound).prefix($0.count)) }.joined(separator: "-")
    }

    package var description: String { text }
}

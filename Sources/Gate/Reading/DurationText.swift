import Value

/// Durations as people write them: a whole number and one unit, `500ms`, `10s`, `5m`, `2h`, `1d`.
enum DurationText {
    static let words = "a duration such as 500ms, 10s, 5m, 2h or 1d"

    /// Milliseconds beyond this do not fit 64 bits as nanoseconds, which clocks count in.
    static let longestMs = Int64.max / 1_000_000

    /// Milliseconds; nil where the text is no duration or too long a one.
    static func milliseconds(_ text: ByteString) -> Int64? {
        let digits = text.bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...19).contains(digits.count), let unit = unitMs(text.bytes.dropFirst(digits.count)) else { return nil }
        guard let count = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
        let (total, overflows) = count.multipliedReportingOverflow(by: unit)
        return overflows || total > longestMs ? nil : total
    }

    private static func unitMs(_ unit: ArraySlice<UInt8>) -> Int64? {
        switch String(decoding: unit, as: UTF8.self) {
        case "ms": 1
        case "s": 1_000
        case "m": 60_000
        case "h": 3_600_000
        case "d": 86_400_000
        default: nil
        }
    }
}

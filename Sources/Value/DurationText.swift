/// Durations as the contract writes them: `500ms`, `10s`, `5m`, `2h`, `1d`.
package enum DurationText {
    /// What a duration looks like, for messages.
    package static let words = "a duration such as 500ms, 10s, 5m, 2h or 1d"

    /// Some 292 years: more milliseconds do not fit 64 bits as nanoseconds, which clocks count in.
    package static let longestMs = Int64.max / 1_000_000

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A whole number and one unit; nil for anything else, and beyond ``longestMs``.
    package static func parse(_ text: some StringProtocol) -> Duration? { milliseconds(text).map { .milliseconds($0) } }

    /// As `parse`, in the form that gates see.
    package static func milliseconds(_ text: some StringProtocol) -> Int64? { milliseconds(Array(text.utf8)) }

    /// As `parse`, of bytes that need not be UTF-8.
    package static func milliseconds(_ text: ByteString) -> Int64? { milliseconds(text.bytes) }

    private static func milliseconds(_ bytes: [UInt8]) -> Int64? {
        let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard let amount = Int64(String(decoding: digits, as: UTF8.self)),
            let unit = units.first(where: { $0.name.utf8.elementsEqual(bytes[digits.count...]) })
        else { return nil }
        let (total, overflow) = amount.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow || total > longestMs ? nil : total
    }

    /// The shortest form, in the largest unit that fits exactly.
    ///
    /// Parts of a millisecond are dropped; beyond 2^63 ms the limit is given.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        let (total, beyond) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        let milliseconds = overflow || beyond ? (seconds < 0 ? Int64.min : Int64.max) : total
        guard milliseconds != 0 else { return "0s" }
        for unit in units where milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}

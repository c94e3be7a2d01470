/// Rates as people write them: `50MB/s`, `500kB/s`, `1GiB/s`, `50000000`.
package enum ByteRateText {
    /// What a rate looks like, for messages.
    package static let words = "a rate such as 500kB/s, 50MB/s, 1GiB/s or a number of bytes a second"

    private static let units: [(name: String, bytes: Int64)] = [
        ("", 1), ("B", 1), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10),
        ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// Bytes a second: a whole number, a unit or none, and `/s` or nothing; nil for anything else.
    package static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        var unit = bytes[digits.count...]
        if unit.suffix(2).elementsEqual("/s".utf8) { unit = unit.dropLast(2) }
        guard let amount = Int64(String(decoding: digits, as: UTF8.self)),
            let scale = units.first(where: { $0.name.utf8.elementsEqual(unit) })
        else { return nil }
        let (total, overflow) = amount.multipliedReportingOverflow(by: scale.bytes)
        return overflow ? nil : total
    }
}

private import Value

/// A moment as RFC 3339 writes it: UTC, microseconds, `Z`.
package enum Timestamp {
    /// Years 0000 to 9999; beyond them the nearest moment that has a text.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

    package static func text(unixUs: Int64) -> String {
        let time = min(max(unixUs, range.lowerBound), range.upperBound)
        let micros = time.floorMod(1_000_000)
        let seconds = (time - micros) / 1_000_000
        let inDay = seconds.floorMod(86_400)
        let date = CivilDate(daysSince1970: (seconds - inDay) / 86_400)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(padded(inDay / 3_600, 2)):"
            + "\(padded(inDay / 60 % 60, 2)):\(padded(inDay % 60, 2)).\(padded(micros, 6))Z"
    }

    /// Microseconds since 1970 of what ``text(unixUs:)`` writes; nil for any other text.
    package static func unixUs(_ text: String) -> Int64? {
        let digits = text.utf8.map { byte in (0x30...0x39).contains(byte) ? Int64(byte) - 0x30 : -1 }
        guard digits.count == 27 else { return nil }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + max(0, $1) } }
        let date = CivilDate(year: number(0..<4), month: number(5..<7), day: number(8..<10))
        let seconds = date.daysSince1970 * 86_400 + number(11..<13) * 3_600 + number(14..<16) * 60 + number(17..<19)
        let time = seconds * 1_000_000 + number(20..<26)
        // What is not a date, or is written otherwise, comes out as another text.
        return Self.text(unixUs: time) == text ? time : nil
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

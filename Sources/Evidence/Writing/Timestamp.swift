/// A moment as RFC 3339 writes it: UTC, microseconds, `Z`.
package enum Timestamp {
    /// Years 0000 to 9999; beyond them the nearest moment that has a text.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

    package static func text(unixUs: Int64) -> String {
        let time = min(max(unixUs, range.lowerBound), range.upperBound)
        let micros = floorMod(time, 1_000_000)
        let seconds = (time - micros) / 1_000_000
        let inDay = floorMod(seconds, 86_400)
        let (year, month, day) = date(days: (seconds - inDay) / 86_400)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(inDay / 3_600, 2)):"
            + "\(padded(inDay / 60 % 60, 2)):\(padded(inDay % 60, 2)).\(padded(micros, 6))Z"
    }

    /// Microseconds since 1970 of what ``text(unixUs:)`` writes; nil for any other text.
    package static func unixUs(_ text: String) -> Int64? {
        let digits = text.utf8.map { byte in (0x30...0x39).contains(byte) ? Int64(byte) - 0x30 : -1 }
        guard digits.count == 27 else { return nil }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + max(0, $1) } }
        let days = days(year: number(0..<4), month: number(5..<7), day: number(8..<10))
        let seconds = days * 86_400 + number(11..<13) * 3_600 + number(14..<16) * 60 + number(17..<19)
        let time = seconds * 1_000_000 + number(20..<26)
        // What is not a date, or is written otherwise, comes out as another text.
        return Self.text(unixUs: time) == text ? time : nil
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let yearOfEra = floorMod(marchYear, 400)
        let era = (marchYear - yearOfEra) / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin in March, so that a leap
    /// day is the last of its year.
    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let dayOfEra = floorMod(shifted, 146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorMod(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

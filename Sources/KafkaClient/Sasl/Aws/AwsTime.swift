import Value

/// Moments as AWS writes them, in UTC.
package enum AwsTime {
    /// `20250102T030405Z`.
    package static func stamp(_ seconds: Int64) -> String {
        let (day, second) = seconds.quotientAndRemainder(dividingBy: 86400)
        let date = CivilDate(daysSince1970: day)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(date.year)\(two(date.month))\(two(date.day))T\(two(second / 3600))\(two(second / 60 % 60))\(two(second % 60))Z"
    }

    /// Reads `2025-01-02T03:04:05Z`, with a fraction of a second or without; nil where it is something else.
    package static func seconds(_ text: String) -> Int64? {
        var bytes = Array(text.utf8)[...]
        func number(_ digits: Int, then separator: String, in range: ClosedRange<Int64>) -> Int64? {
            let part = bytes.prefix(digits)
            guard part.count == digits, part.allSatisfy({ (0x30...0x39).contains($0) }),
                let value = Int64(String(decoding: part, as: UTF8.self)), range.contains(value)
            else { return nil }
            bytes = bytes.dropFirst(digits)
            guard bytes.starts(with: separator.utf8) else { return nil }
            bytes = bytes.dropFirst(separator.utf8.count)
            return value
        }
        guard let year = number(4, then: "-", in: 1970...9999), let month = number(2, then: "-", in: 1...12),
            let date = number(2, then: "T", in: 1...31), let hour = number(2, then: ":", in: 0...23),
            let minute = number(2, then: ":", in: 0...59), let second = number(2, then: "", in: 0...60)
        else { return nil }
        if bytes.first == UInt8(ascii: ".") { bytes = bytes.dropFirst().drop { (0x30...0x39).contains($0) } }
        guard [Array("Z".utf8), Array("+00:00".utf8)].contains(Array(bytes)) else { return nil }
        return CivilDate(year: year, month: month, day: date).daysSince1970 * 86400 + hour * 3600 + minute * 60 + second
    }
}

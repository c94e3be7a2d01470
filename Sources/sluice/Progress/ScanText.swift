import KafkaClient

/// A scan in a few words: `[####------] 41% 1.2M records 310.5MB at 103.5MB/s, 6.1s left`.
struct ScanText {
    private static let cells = 10
    /// Before that a rate says little, and nothing of the time that is left.
    private static let settled: Duration = .seconds(2)

    let isUnicode: Bool

    func of(_ scan: ScanProgress) -> String {
        let share = scan.offsets > 0 ? Double(scan.done) / Double(scan.offsets) : 1
        let filled = min(Self.cells, Int(share * Double(Self.cells)))
        let (full, empty) = isUnicode ? ("█", "░") : ("#", "-")
        let bar = String(repeating: full, count: filled) + String(repeating: empty, count: Self.cells - filled)
        var text = "[\(bar)] \(min(100, Int(share * 100)))% "
        text += "\(Self.scaled(scan.records)) \(scan.records == 1 ? "record" : "records") \(Self.scaled(scan.bytes))B"
        let seconds = Double(scan.elapsed.components.seconds) + Double(scan.elapsed.components.attoseconds) / 1e18
        guard scan.elapsed >= Self.settled, seconds > 0 else { return text }
        text += " at \(Self.scaled(Int64(Double(scan.bytes) / seconds)))B/s"
        guard scan.done > 0, scan.done < scan.offsets else { return text }
        let left = seconds * (Double(scan.offsets) / Double(scan.done) - 1)
        // A century is as good as never.
        guard left < 3e9 else { return text }
        return text + ", \(ElapsedText.of(.milliseconds(Int64(left * 1000)))) left"
    }

    /// `999`, `1.2k`, `310.5M`: powers of ten, one digit behind the point.
    private static func scaled(_ number: Int64) -> String {
        guard number >= 1000 else { return "\(max(0, number))" }
        var (scale, unit) = (Int64(1000), "k")
        for next in ["M", "G", "T", "P", "E"] where number / scale >= 1000 {
            scale *= 1000
            unit = next
        }
        return "\(number / scale).\(number % scale / (scale / 10))\(unit)"
    }
}

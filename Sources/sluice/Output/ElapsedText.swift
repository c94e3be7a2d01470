/// How long something took, short enough for a column: `0.3s`, `1m12s`, `2h05m`.
enum ElapsedText {
    static func of(_ duration: Duration) -> String {
        let (whole, attoseconds) = duration.components
        let seconds = max(0, whole)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        switch seconds {
        case 0..<60: return "\(seconds).\(max(0, attoseconds) / 100_000_000_000_000_000)s"
        case 60..<3600: return "\(seconds / 60)m\(two(seconds % 60))s"
        default: return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
        }
    }
}

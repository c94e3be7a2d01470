import Agent

/// Lines that stay, and below them one that is written anew: what runs now, and for how long.
struct TerminalProgress: ProgressView {
    /// Back to the first column, and nothing behind it.
    private static let erase = "\r\u{1B}[K"

    private let style: ProgressStyle
    private var picture = RunPicture()
    private var hasStatus = false

    init(style: ProgressStyle) { self.style = style }

    mutating func take(_ event: RunEvent, at: Duration, columns: Int) -> String {
        let passedBefore = picture.lastPassed
        picture.take(event, at: at)
        var lines: [String] = []
        switch event {
        case .gateFinished(let gate): lines = GateLines(style: style, columns: columns).lines(of: gate)
        case .roundFinished(_, let passed, _, _) where passed == passedBefore: break
        default: lines = EventText(style: style).line(event).map { [$0] } ?? []
        }
        return drawn(lines, at: at, columns: columns)
    }

    mutating func say(_ line: String, at: Duration, columns: Int) -> String { drawn([line], at: at, columns: columns) }

    mutating func tick(at: Duration, columns: Int) -> String { drawn([], at: at, columns: columns) }

    mutating func end() -> String {
        defer { hasStatus = false }
        return hasStatus ? Self.erase : ""
    }

    private mutating func drawn(_ lines: [String], at: Duration, columns: Int) -> String {
        let above = (hasStatus ? Self.erase : "") + lines.map { $0 + "\n" }.joined()
        // One column stays free: in the last one some terminals would begin a new line.
        let status = TextWidth.shortened(self.status(at: at), to: columns - 1)
        hasStatus = !status.isEmpty
        return above + style.palette.paint(status, .grey)
    }

    private func status(at: Duration) -> String {
        guard picture.gates > 0, picture.finished < picture.gates else { return "" }
        var parts = [ElapsedText.of(at), "\(picture.finished) of \(picture.gates) gates ended"]
        if let passed = picture.lastPassed { parts.append("round \(picture.round), \(passed) passed in the last") }
        if !picture.running.isEmpty { parts.append(picture.runningText(at: at, style: style)) }
        return parts.joined(separator: " \(style.dot) ")
    }
}

import Agent

/// Lines that stay: for logs, pipes and `--progress plain`.
struct PlainProgress: ProgressView {
    private static let heartbeat: Duration = .seconds(30)

    private let style: ProgressStyle
    private let isTracing: Bool
    private var picture = RunPicture()
    private var lastLine: Duration = .zero

    init(style: ProgressStyle, isTracing: Bool) {
        self.style = style
        self.isTracing = isTracing
    }

    mutating func take(_ event: RunEvent, at: Duration, columns: Int) -> String {
        let passedBefore = picture.lastPassed
        picture.take(event, at: at)
        var lines: [String] = []
        if isTracing { lines.append("[+\(seconds(at))] \(EventText(style: style).traced(event))") }
        switch event {
        case .gateFinished(let gate): lines += GateLines(style: style).lines(of: gate)
        case .roundFinished(_, let passed, _, _) where passed == passedBefore: break
        default: if !isTracing, let line = EventText(style: style).line(event) { lines.append(line) }
        }
        return written(lines, at: at)
    }

    mutating func say(_ line: String, at: Duration, columns: Int) -> String { written([line], at: at) }

    mutating func tick(at: Duration, columns: Int) -> String {
        guard at - lastLine >= Self.heartbeat else { return "" }
        var parts = ["\(ElapsedText.of(at)): \(picture.finished) of \(picture.gates) gates ended"]
        if let passed = picture.lastPassed { parts.append("round \(picture.round), \(passed) passed in the last") }
        if !picture.running.isEmpty {
            parts.append("running \(picture.runningText(at: at, style: style))")
        }
        return written([parts.joined(separator: "; ")], at: at)
    }

    mutating func end() -> String { "" }

    private mutating func written(_ lines: [String], at: Duration) -> String {
        if !lines.isEmpty { lastLine = at }
        return lines.map { $0 + "\n" }.joined()
    }

    /// With milliseconds, for traces.
    private func seconds(_ at: Duration) -> String {
        let (seconds, attoseconds) = at.components
        let fraction = String(attoseconds / 1_000_000_000_000_000)
        return "\(seconds).\(String(repeating: "0", count: max(0, 3 - fraction.utf8.count)))\(fraction)s"
    }
}

import Agent

/// Nothing of how a run goes on; warnings only, or not even these.
struct QuietProgress: ProgressView {
    private let style: ProgressStyle
    private let showsWarnings: Bool

    init(style: ProgressStyle, showsWarnings: Bool) {
        self.style = style
        self.showsWarnings = showsWarnings
    }

    mutating func take(_ event: RunEvent, at: Duration, columns: Int) -> String {
        guard showsWarnings, case .warning = event, let line = EventText(style: style).line(event) else { return "" }
        return line + "\n"
    }

    mutating func say(_ line: String, at: Duration, columns: Int) -> String { line + "\n" }
    mutating func tick(at: Duration, columns: Int) -> String { "" }
    mutating func end() -> String { "" }
}

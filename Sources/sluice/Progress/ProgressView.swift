import Agent

/// Turns events into the text that is to be written: pure, so that what people see can be tested.
protocol ProgressView: Sendable {
    /// Something has happened; `at` is the time since the beginning, `columns` the width of the terminal as it is now.
    mutating func take(_ event: RunEvent, at: Duration, columns: Int) -> String
    /// Something to say besides the events: harmless already, without a line feed.
    mutating func say(_ line: String, at: Duration, columns: Int) -> String
    /// Time has passed.
    mutating func tick(at: Duration, columns: Int) -> String
    /// The run has ended.
    mutating func end() -> String
}

/// Holds whoever waits until it is opened: until a broker has been asked, or may answer.
package final class Latch: Sendable {
    private let stream: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    package init() { (stream, end) = AsyncStream.makeStream(of: Never.self) }

    package func open() { end.finish() }

    /// Returns once it is open, or the task is cancelled.
    package func wait() async { for await _ in stream {} }
}

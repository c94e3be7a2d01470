private import Transport

/// Waits between tries: 100 ms, doubling up to 5 s, each shifted by up to a fifth so that clients do not march in step.
package struct Backoff: Sendable {
    private var next = Duration.milliseconds(100)
    private var random: any RandomNumberGenerator & Sendable

    package init(random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) { self.random = random }

    /// The next pause.
    package mutating func pause() -> Duration {
        let permille = Int64.random(in: 800...1200, using: &random)
        let pause = next * Double(permille) / 1000
        next = min(next * 2, .seconds(5))
        return pause
    }

    /// Waits for the next pause.
    ///
    /// - Returns: false, without waiting, where the pause would outlast the deadline; false after a cancellation.
    package mutating func wait(_ context: CallContext) async -> Bool {
        let until = context.time.now + pause()
        guard until < context.deadline.instant else { return false }
        return await context.time.wait(until: until)
    }
}

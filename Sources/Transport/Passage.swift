/// How time passes for whoever waits on purpose: between tries, between rounds, in a script that sleeps.
///
/// What waits for bytes goes by the machine's clock alone. A test of a gate puts a clock of its own here, which moves by
/// such waits and nothing else, so that five minutes of them take no time.
package struct Passage: Sendable {
    private let read: @Sendable () -> ContinuousClock.Instant
    private let pass: @Sendable (ContinuousClock.Instant) async -> Bool

    /// `pass` returns once the instant has come, with false where the task was cancelled before.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        pass: @escaping @Sendable (ContinuousClock.Instant) async -> Bool
    ) {
        read = now
        self.pass = pass
    }

    package var now: ContinuousClock.Instant { read() }

    /// Returns once the instant has come; false: the task was cancelled before.
    package func wait(until instant: ContinuousClock.Instant) async -> Bool { await pass(instant) }

    package static let real = Passage(now: { .now }) { instant in
        do {
            try await Task.sleep(until: instant, clock: .continuous)
            return true
        } catch {
            return false
        }
    }
}

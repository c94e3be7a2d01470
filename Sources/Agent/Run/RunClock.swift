import Evidence

/// Time as the evidence of a run tells it.
struct RunClock: Sendable {
    private let clock: EvidenceClock
    private let startUs: Int64

    /// Starts now.
    init(_ clock: EvidenceClock) {
        self.clock = clock
        startUs = clock.now().monotonicUs
    }

    /// Microseconds since the start, as `at_us` counts them.
    var elapsedUs: Int64 { clock.now().monotonicUs.subtractingReportingOverflow(startUs).partialValue }

    var nowMs: (wall: Int64, monotonic: Int64) {
        let now = clock.now()
        return (now.wallUs / 1000, now.monotonicUs / 1000)
    }
}

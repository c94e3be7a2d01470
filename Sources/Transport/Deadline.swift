/// The absolute moment after which nobody waits any more.
///
/// Absolute, so that a peer that drips one byte a second cannot push it back. Time suspended counts.
package struct Deadline: Hashable, Sendable {
    package let instant: ContinuousClock.Instant

    package init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    package static func after(_ duration: Duration, now: ContinuousClock.Instant = .now) -> Deadline {
        Deadline(now.advanced(by: duration))
    }

    /// The earlier of this deadline and one that is `duration` away.
    package func atMost(_ duration: Duration, now: ContinuousClock.Instant = .now) -> Deadline {
        Deadline(min(instant, now.advanced(by: duration)))
    }

    package var hasPassed: Bool { ContinuousClock.now >= instant }

    /// What is left; zero once it has passed.
    package var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }
}

extension Deadline: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.instant < right.instant }
}

extension Duration {
    /// Whole milliseconds, rounded up, so that a wait never ends early and spins.
    package var millisecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1000)
        guard !whole.overflow else { return seconds < 0 ? .min : .max }
        return whole.partialValue + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }

    /// Whole microseconds, rounded down.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !whole.overflow else { return seconds < 0 ? .min : .max }
        return whole.partialValue + attoseconds / 1_000_000_000_000
    }
}

private import Glibc

/// The two clocks of evidence: what time it is, and how much time has passed.
package struct EvidenceClock: Sendable {
    package struct Reading: Sendable {
        /// Microseconds since 1970, UTC.
        ///
        /// May jump.
        package var wallUs: Int64
        /// Microseconds since some moment.
        ///
        /// Never falls.
        package var monotonicUs: Int64

        package init(wallUs: Int64, monotonicUs: Int64) {
            self.wallUs = wallUs
            self.monotonicUs = monotonicUs
        }
    }

    private let read: @Sendable () -> Reading

    package init(_ read: @escaping @Sendable () -> Reading) { self.read = read }

    package func now() -> Reading { read() }

    package static let system = EvidenceClock {
        Reading(wallUs: microseconds(CLOCK_REALTIME), monotonicUs: microseconds(CLOCK_MONOTONIC))
    }

    private static func microseconds(_ clock: Int32) -> Int64 {
        var time = timespec()
        // Cannot fail for these two clocks.
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

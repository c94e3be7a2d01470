import Guarding

/// What one gate has cost the clusters so far.
package final class UsageMeter: Sendable {
    package struct Usage: Hashable, Sendable {
        package var requests = 0
        package var bytesIn = 0
        package var bytesOut = 0
        /// The sum of the times from request to answer, of parallel requests too.
        package var roundTrip = Duration.zero
        /// The longest pause a broker asked for, in milliseconds.
        package var throttleTimeMs: Int64 = 0
        package init() {}
    }

    private let usage = Guarded(Usage())
    package let scans = ScanCounter()

    package init() {}

    package var total: Usage { usage.withLock { $0 } }

    func add(bytesOut: Int, bytesIn: Int, roundTrip: Duration) {
        usage.withLock { usage in
            usage.requests += 1
            usage.bytesOut += bytesOut
            usage.bytesIn += bytesIn
            usage.roundTrip += roundTrip
        }
    }

    func throttled(_ milliseconds: Int64) {
        usage.withLock { $0.throttleTimeMs = max($0.throttleTimeMs, milliseconds) }
    }
}

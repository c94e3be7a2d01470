import Guarding
import Value

/// How far scans of whole logs have come.
package struct ScanProgress: Hashable, Sendable {
    /// Offsets of all logs that are being scanned, and those of them that lie behind.
    package var offsets: Int64 = 0
    package var done: Int64 = 0
    /// What was found at these.
    package var records: Int64 = 0
    package var bytes: Int64 = 0
    package var elapsed: Duration = .zero

    package init() {}
}

/// Counts what the scans of a gate have read: they tell it, and whoever shows it asks.
package final class ScanCounter: Sendable {
    private struct State {
        var progress = ScanProgress()
        var began: ContinuousClock.Instant?
        var scans = 0
    }

    private let state = Guarded(State())

    package init() {}

    /// A scan begins; those that go on beside it are counted with it.
    package func begin(offsets: Int64, at now: ContinuousClock.Instant) {
        state.withLock { state in
            if state.scans == 0 {
                state.progress = ScanProgress()
                state.began = now
            }
            state.scans += 1
            state.progress.offsets = state.progress.offsets.saturatingSum(offsets)
        }
    }

    package func add(offsets: Int64, records: Int64, bytes: Int64) {
        state.withLock { state in
            state.progress.done = min(state.progress.offsets, state.progress.done.saturatingSum(max(0, offsets)))
            state.progress.records = state.progress.records.saturatingSum(max(0, records))
            state.progress.bytes = state.progress.bytes.saturatingSum(max(0, bytes))
        }
    }

    package func end() { state.withLock { $0.scans -= 1 } }

    /// Nil while nothing is scanned.
    package func progress(at now: ContinuousClock.Instant) -> ScanProgress? {
        state.withLock { state in
            guard state.scans > 0, let began = state.began else { return nil }
            var progress = state.progress
            progress.elapsed = began.duration(to: now)
            return progress
        }
    }
}

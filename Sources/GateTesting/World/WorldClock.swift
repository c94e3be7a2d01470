import EmbeddedKafka
import Evidence
import Gate
import Guarding
import Transport

/// The time of a run in a world: it stands still but for those who wait on purpose, whose waits end at once.
///
/// As it moves, the clusters' clocks move along, and what was to happen happens.
final class WorldClock: Sendable {
    private struct State {
        var nowMs: Int64
        var events: [World.Event]
        var failure: WorldError?
    }

    private let startMs: Int64
    private let start = ContinuousClock.now
    private let state: Guarded<State>
    private let onMove: @Sendable (Int64) -> Void
    private let onEvent: @Sendable (WorldClock, World.Event) throws(WorldError) -> Void

    /// `onMove` is told the time, `onEvent` what happens, once the time has come for it.
    init(
        _ world: World, onMove: @escaping @Sendable (Int64) -> Void,
        onEvent: @escaping @Sendable (WorldClock, World.Event) throws(WorldError) -> Void
    ) {
        startMs = world.nowMs
        let events = world.events.sorted { $0.atMs < $1.atMs }
        state = Guarded(State(nowMs: world.nowMs, events: events))
        self.onMove = onMove
        self.onEvent = onEvent
    }

    var nowMs: Int64 { state.withLock { $0.nowMs } }
    /// What of the events is still to come.
    var comingEvents: [World.Event] { state.withLock { $0.events } }
    /// Why an event could not happen.
    var failure: WorldError? { state.withLock { $0.failure } }

    func advance(ms: Int64) { advance(to: nowMs.addingReportingOverflow(max(0, ms)).partialValue) }

    private func advance(to time: Int64) {
        state.withLock { state in
            guard time > state.nowMs else { return }
            while let event = state.events.first, event.atMs <= time {
                state.events.removeFirst()
                state.nowMs = max(state.nowMs, event.atMs)
                onMove(state.nowMs)
                do throws(WorldError) { try onEvent(self, event) } catch { state.failure = state.failure ?? error }
            }
            state.nowMs = time
            onMove(time)
        }
    }

    // MARK: For the run

    /// Waits end at once, and the clock is then where they would have ended.
    var passage: Passage {
        Passage(now: { self.start + .milliseconds(self.nowMs - self.startMs) }) { instant in
            guard !Task.isCancelled else { return false }
            // Up, so that whoever waited for the instant finds that it has come.
            self.advance(to: self.startMs + self.start.duration(to: instant).millisecondsRoundedUp)
            // Others get a turn, as they would while somebody waits.
            await Task.yield()
            return !Task.isCancelled
        }
    }

    var evidence: EvidenceClock {
        EvidenceClock {
            let now = self.nowMs
            return .init(wallUs: now * 1000, monotonicUs: (now - self.startMs) * 1000)
        }
    }
}

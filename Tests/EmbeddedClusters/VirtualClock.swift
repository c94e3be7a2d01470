import Guarding
package import KafkaClient
package import Transport

/// Time that passes for those who wait on purpose, and only then: their waits end at once.
///
/// What was to happen until the end of a wait has happened then, in order. What waits for bytes goes by the machine's
/// clock, as ever.
package final class VirtualClock: Sendable {
    private struct Event {
        var at: ContinuousClock.Instant
        let interval: Duration?
        let body: @Sendable () -> Void
    }

    private struct State {
        var now: ContinuousClock.Instant
        var events: [Event] = []
    }

    private let start: ContinuousClock.Instant
    private let state: Guarded<State>

    package init() {
        let start = ContinuousClock.now
        self.start = start
        state = Guarded(State(now: start))
    }

    /// How much time has passed.
    package var passed: Duration { start.duration(to: state.withLock { $0.now }) }

    /// Does something once so much time has passed since the beginning; it must not ask for the time.
    package func at(_ time: Duration, _ body: @escaping @Sendable () -> Void) { add(time, nil, body) }

    /// Does something at the end of each such interval.
    package func every(_ interval: Duration, _ body: @escaping @Sendable () -> Void) { add(interval, interval, body) }

    private func add(_ time: Duration, _ interval: Duration?, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.events.append(Event(at: start + time, interval: interval, body: body)) }
    }

    /// Forgets what was to happen, which may hold whoever holds this.
    package func removeEvents() { state.withLock { $0.events = [] } }

    private func advance(to instant: ContinuousClock.Instant) {
        state.withLock { state in
            while let next = state.events.indices.min(by: { state.events[$0].at < state.events[$1].at }),
                state.events[next].at <= instant
            {
                state.now = max(state.now, state.events[next].at)
                let body = state.events[next].body
                if let interval = state.events[next].interval {
                    state.events[next].at += interval
                } else {
                    state.events.remove(at: next)
                }
                body()
            }
            state.now = max(state.now, instant)
        }
    }

    package var passage: Passage {
        Passage(now: { self.state.withLock { $0.now } }) { instant in
            guard !Task.isCancelled else { return false }
            self.advance(to: instant)
            // Others get a turn, as they would while somebody waits.
            await Task.yield()
            return !Task.isCancelled
        }
    }

    /// A call with this long to live by this clock.
    package func within(_ duration: Duration) -> CallContext {
        CallContext(deadline: .after(duration, now: state.withLock { $0.now }), time: passage)
    }
}

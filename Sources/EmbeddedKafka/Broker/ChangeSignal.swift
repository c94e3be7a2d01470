import Guarding
import Transport

/// Wakes whoever waits for the state of a cluster to change.
final class ChangeSignal: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var isClosed = false
    }

    private let state = Guarded(State())
    private let reactor: Reactor

    init(reactor: Reactor) { self.reactor = reactor }

    var generation: UInt64 { state.withLock { $0.generation } }

    func notify(closing: Bool = false) {
        let waiters = state.withLock { state in
            state.generation += 1
            state.isClosed = state.isClosed || closing
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once there has been a change since `generation`, at the deadline, or when the task is cancelled.
    func wait(since generation: UInt64, by deadline: Deadline) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = reactor.schedule(at: deadline) { [weak self] in self?.end(id) }
        defer { reactor.cancel(timer) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if Task.isCancelled || state.isClosed || state.generation != generation || deadline.hasPassed {
                        return true
                    }
                    state.waiters[id] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            end(id)
        }
    }

    private func end(_ id: Int) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
}

import Guarding

/// Ends a run early: gates are interrupted, the evidence is still finished.
package final class Interruption: Sendable {
    private struct State {
        var exitCode: ExitCode?
        var actions: [UInt64: @Sendable () -> Void] = [:]
        var next: UInt64 = 0
    }

    private let state = Guarded(State())

    package init() {}

    /// With the exit code of the signal: interrupted (130) or terminated (143).
    ///
    /// The first call counts.
    package func interrupt(_ exitCode: ExitCode) {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            guard state.exitCode == nil else { return [] }
            state.exitCode = exitCode
            return Array(state.actions.values)
        }
        for action in actions { action() }
    }

    /// Nil: not interrupted.
    package var exitCode: ExitCode? { state.withLock { $0.exitCode } }

    /// Calls `action` once it is interrupted, at once if it is already; until ``remove(_:)``.
    func onInterrupt(_ action: @escaping @Sendable () -> Void) -> UInt64 {
        let (id, isLate) = state.withLock { state -> (UInt64, Bool) in
            state.next += 1
            state.actions[state.next] = action
            return (state.next, state.exitCode != nil)
        }
        if isLate { action() }
        return id
    }

    func remove(_ id: UInt64) { state.withLock { _ = $0.actions.removeValue(forKey: id) } }

    /// Runs `body`, whose task is cancelled the moment the run is interrupted.
    func cancelling<T: Sendable>(_ body: @escaping @Sendable () async -> T) async -> T? {
        let (interrupts, signal) = AsyncStream.makeStream(of: Void.self)
        let token = onInterrupt { signal.yield() }
        defer { remove(token) }
        return await withTaskGroup(of: T?.self) { group in
            group.addTask { await body() }
            group.addTask {
                // Ends when the group is cancelled, too.
                for await _ in interrupts { break }
                return nil
            }
            var result: T?
            // Whichever ends first ends the other.
            for await value in group {
                result = value ?? result
                group.cancelAll()
            }
            return result
        }
    }
}

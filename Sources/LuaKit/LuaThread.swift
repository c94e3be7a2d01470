private import CLuaHost
import Guarding

/// Threads for scripts.
///
/// Lua's own guard against deep recursion fails on small stacks, and a script blocks its thread while a primitive
/// works: both rule out Swift's cooperative pool.
package enum LuaThread {
    private static let stackBytes = 8 << 20

    /// Runs `body` on a thread of its own and waits for it until `deadline` at most.
    ///
    /// Nil: it was not done by then. Its thread is left alone from there on, with all that it holds. To come in time
    /// is the watchdog's part, which is a thread too; cancelling the task does not shorten the wait, `patience` does.
    package static func run<Result: Sendable>(
        until deadline: ContinuousClock.Instant, patience: LuaPatience = LuaPatience(),
        _ body: @escaping @Sendable () -> Result
    ) async throws(LuaFailure) -> Result? {
        let outcome: Swift.Result<Result?, LuaFailure> = await withCheckedContinuation { continuation in
            let result = Slot<Result>()
            // Whoever comes first, the thread, its watchdog or the end of the patience.
            let isOver = Guarded(false)
            let end: @Sendable (Swift.Result<Result?, LuaFailure>) -> Void = { outcome in
                let isFirst = isOver.withLock { over in
                    defer { over = true }
                    return !over
                }
                if isFirst { continuation.resume(returning: outcome) }
            }
            let job = LuaThreadJob(
                body: {
                    let value = body()
                    result.value.withLock { $0 = value }
                },
                done: { isLate in
                    end(.success(isLate ? nil : result.value.withLock { $0 }))
                })
            if !job.start(stackBytes: stackBytes, budget: deadline - .now) {
                end(.failure(.unavailable))
            }
            patience.whenOver { end(.success(nil)) }
        }
        return try outcome.get()
    }

    private final class Slot<Result: Sendable>: Sendable {
        let value = Guarded<Result?>(nil)
    }
}

/// Ends the wait for a script before its deadline.
package final class LuaPatience: Sendable {
    private struct State {
        var isOver = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Guarded(State())

    package init() {}

    /// Leaves the thread alone from here on, as its deadline would.
    package func end() {
        let action = state.withLock { state in
            state.isOver = true
            defer { state.action = nil }
            return state.action
        }
        action?()
    }

    fileprivate func whenOver(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isOver { state.action = action }
            return state.isOver
        }
        if isLate { action() }
    }
}

/// What the two threads of ``LuaThread/run(until:_:)`` share.
private final class LuaThreadJob: Sendable {
    private let body: @Sendable () -> Void
    private let done: @Sendable (_ isLate: Bool) -> Void

    init(body: @escaping @Sendable () -> Void, done: @escaping @Sendable (Bool) -> Void) {
        self.body = body
        self.done = done
    }

    /// False where the system has no thread to give; then nothing is called.
    func start(stackBytes: Int, budget: Duration) -> Bool {
        // One reference for each thread; each gives its own back.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        _ = unsafe Unmanaged.passRetained(self)
        let code = unsafe luahost_thread_run(
            stackBytes, budget.nanoseconds, { unsafe LuaThreadJob.at($0).body() },
            { unsafe LuaThreadJob.at($0).done($1 != 0) }, { unsafe LuaThreadJob.release($0) }, context)
        guard code != 0 else { return true }
        unsafe Self.release(context)
        unsafe Self.release(context)
        return false
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> LuaThreadJob {
        guard let context = unsafe context else { preconditionFailure("a thread without its job") }
        return unsafe Unmanaged<LuaThreadJob>.fromOpaque(context).takeUnretainedValue()
    }

    private static func release(_ context: UnsafeMutableRawPointer?) {
        guard let context = unsafe context else { preconditionFailure("a thread without its job") }
        unsafe Unmanaged<LuaThreadJob>.fromOpaque(context).release()
    }
}

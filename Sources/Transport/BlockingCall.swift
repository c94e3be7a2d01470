import Guarding

/// A call that blocks and cannot be interrupted, made on a thread of its own so that no other task waits with it.
package enum BlockingCall {
    /// What `body` gives; nil where the deadline passed first, the task was cancelled, or the system has no thread.
    ///
    /// A call that is late is left behind with its thread, so it must end by itself some day.
    package static func value<Output: Sendable>(
        by deadline: Deadline, _ body: @escaping @Sendable () -> Output
    ) async -> Output? {
        let handover = Handover<Output>()
        guard NativeThread.start({ handover.give(body()) }) else { return nil }
        return await withTaskGroup(of: Output?.self) { group in
            group.addTask { await handover.take() }
            group.addTask {
                try? await Task.sleep(until: deadline.instant, clock: .continuous)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

/// Takes one value from a thread to the task that waits for it.
private final class Handover<Output: Sendable>: Sendable {
    private enum State {
        case empty
        case expected(CheckedContinuation<Output?, Never>)
        case given(Output?)
        case over
    }

    private let state = Guarded(State.empty)

    /// The value; nil after a cancellation.
    func take() async -> Output? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let given: Output?? = state.withLock { state in
                    if case .given(let value) = state {
                        state = .over
                        return .some(value)
                    }
                    state = .expected(continuation)
                    return .none
                }
                if let given { continuation.resume(returning: given) }
            }
        } onCancel: {
            give(nil)
        }
    }

    /// The first to give anything is heard.
    func give(_ value: Output?) {
        let continuation: CheckedContinuation<Output?, Never>? = state.withLock { state in
            switch state {
            case .empty:
                state = .given(value)
                return nil
            case .expected(let continuation):
                state = .over
                return continuation
            case .given, .over: return nil
            }
        }
        continuation?.resume(returning: value)
    }
}

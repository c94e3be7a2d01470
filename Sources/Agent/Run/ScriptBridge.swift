import Dispatch
import Guarding

/// Where a script's thread meets the tasks that answer it: the thread blocks, the work runs on the cooperative pool.
///
/// No wait is lost. Each is on the books before its work is handed over; whatever has not been answered when serving
/// ends, because the task that served was cancelled or the thread was abandoned, is released without an answer.
package final class ScriptBridge: Sendable {
    private enum Job: Sendable {
        case run(@Sendable () async -> Void)
        case cancelAll
    }

    private struct State {
        var releases: [UInt64: @Sendable () -> Void] = [:]
        var next: UInt64 = 0
        var isClosed = false
    }

    private final class Answer<T: Sendable>: Sendable {
        let value = Guarded<T?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    private let work: AsyncStream<Job>
    private let jobs: AsyncStream<Job>.Continuation
    private let state = Guarded(State())

    package init() { (work, jobs) = AsyncStream.makeStream(of: Job.self) }

    /// Does what the script's thread waits for, until ``close()``.
    package func serve() async {
        await withDiscardingTaskGroup { group in
            for await job in work {
                switch job {
                case .run(let body): group.addTask(operation: body)
                case .cancelAll: group.cancelAll()
                }
            }
            // The script has ended, or was abandoned: nobody waits for an answer any more.
            group.cancelAll()
        }
        let left = state.withLock { state in
            state.isClosed = true
            defer { state.releases = [:] }
            return Array(state.releases.values)
        }
        for release in left { release() }
    }

    /// Runs `body` on the cooperative pool while this thread, a script's own, blocks; nil: nobody answers any more.
    package func wait<T: Sendable>(_ body: @escaping @Sendable () async -> T) -> T? {
        let answer = Answer<T>()
        guard let id = open({ answer.isThere.signal() }) else { return nil }
        jobs.yield(
            .run {
                let value = await body()
                answer.value.withLock { $0 = value }
                self.settle(id)
            })
        answer.isThere.wait()
        return answer.value.withLock { $0 }
    }

    /// Cancels what is being done, and what will be asked for.
    package func cancel() { jobs.yield(.cancelAll) }

    /// No more work will come.
    package func close() { jobs.finish() }

    private func open(_ release: @escaping @Sendable () -> Void) -> UInt64? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.releases[state.next] = release
            return state.next
        }
    }

    private func settle(_ id: UInt64) {
        let release = state.withLock { $0.releases.removeValue(forKey: id) }
        release?()
    }
}

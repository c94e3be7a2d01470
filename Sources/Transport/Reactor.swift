private import Glibc
import Guarding

/// Waits for sockets and moments on one thread of its own, on behalf of all streams of a run.
///
/// `poll(2)` rather than epoll: a run has at most 64 connections, a reader and a writer may wait for one descriptor at
/// once, and each wait has a deadline of its own. The table of waiters is rebuilt into `pollfd`s at each turn.
package final class Reactor: Sendable {
    package enum Outcome: Sendable { case ready, deadline, cancelled }
    package enum Interest: Sendable { case readable, writable }

    package struct Failure: Error, Sendable {
        package let number: Int32
    }

    /// A moment asked for with ``schedule(at:_:)``.
    package struct TimerID: Hashable, Sendable { fileprivate let id: UInt64 }

    private struct Waiter {
        let descriptor: Int32
        let events: Int16
        let deadline: Deadline
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct Timer {
        let deadline: Deadline
        let action: @Sendable () -> Void
    }

    private struct State {
        var nextID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var timers: [UInt64: Timer] = [:]
        /// Until when the thread sleeps if nothing happens; nil: until something does.
        var sleepsUntil: Deadline?
        var isStopped = false
    }

    private let state = Guarded(State())
    /// A pipe whose only meaning is that the table has changed.
    private let wakeup: (read: Int32, write: Int32)

    package init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Failure(number: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        wakeup = (ends[0], ends[1])
        guard NativeThread.start({ [self] in run() }) else { throw Failure(number: EAGAIN) }
    }

    // Not when the thread ends: a late `wake` would write into whatever file has the number by then.
    deinit {
        Glibc.close(wakeup.read)
        Glibc.close(wakeup.write)
    }

    /// Ends the thread; waits under way end as cancelled, moments asked for come at once.
    package func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    // MARK: Waiting

    /// Waits until the socket that `descriptor` names has something to read, or room to write.
    ///
    /// `descriptor` is called while the table is locked. Whoever closes a socket makes it return nil first and calls
    /// ``forget(_:)`` then: so no wait is ever registered for a number that already belongs to another file.
    package func wait(
        for interest: Interest, by deadline: Deadline, on descriptor: @Sendable () -> Int32?
    ) async -> Outcome {
        let events = Int16(interest == .readable ? POLLIN : POLLOUT)
        let id = nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRegistered = state.withLock { state in
                    // A cancellation from here on finds the waiter; one before is seen here.
                    guard !state.isStopped, !Task.isCancelled, let descriptor = descriptor() else { return false }
                    state.waiters[id] = Waiter(
                        descriptor: descriptor, events: events, deadline: deadline, continuation: continuation)
                    return true
                }
                if isRegistered { wake() } else { continuation.resume(returning: .cancelled) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(returning: .cancelled)
        }
    }

    /// Ends every wait for `descriptor`, which is about to be closed.
    package func forget(_ descriptor: Int32) {
        let waiters = state.withLock { state in
            let gone = state.waiters.filter { $0.value.descriptor == descriptor }
            for id in gone.keys { state.waiters[id] = nil }
            return gone.values
        }
        for waiter in waiters { waiter.continuation.resume(returning: .cancelled) }
        // So that a poll under way lets go of the file.
        if !waiters.isEmpty { wake() }
    }

    /// Runs `action`, which must not block, on the reactor's thread once `deadline` has passed.
    package func schedule(at deadline: Deadline, _ action: @escaping @Sendable () -> Void) -> TimerID {
        let id = nextID()
        let (isStopped, isSooner) = state.withLock { state in
            if state.isStopped { return (true, false) }
            state.timers[id] = Timer(deadline: deadline, action: action)
            return (false, state.sleepsUntil.map { deadline < $0 } ?? true)
        }
        // Nobody is left to keep the time, and a wait that never ends is the worse answer.
        if isStopped { action() }
        if isSooner { wake() }
        return TimerID(id: id)
    }

    package func cancel(_ timer: TimerID) {
        state.withLock { _ = $0.timers.removeValue(forKey: timer.id) }
    }

    private func nextID() -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    private func wake() {
        // A full pipe is as good as a written one: the thread will wake.
        _ = unsafe write(wakeup.write, [1] as [UInt8], 1)
    }

    // MARK: The thread

    private func run() {
        var drained = [UInt8](repeating: 0, count: 256)
        var polled: [pollfd] = []
        var ids: [UInt64] = []
        while collect(&polled, &ids) {
            let timeout = state.withLock { state in
                state.sleepsUntil.map { Int32(clamping: min($0.remaining.millisecondsRoundedUp, 3_600_000)) } ?? -1
            }
            if unsafe poll(&polled, nfds_t(polled.count), timeout) < 0, errno != EINTR {
                // Out of memory or over the limit of descriptors: it must not become a loop without a pause.
                usleep(10_000)
            }
            while unsafe read(wakeup.read, &drained, drained.count) == drained.count {}
            settle(polled, ids)
        }
        let (waiters, timers) = state.withLock { state in
            defer {
                state.waiters = [:]
                state.timers = [:]
            }
            return (state.waiters.values, state.timers.values)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .cancelled) }
        for timer in timers { timer.action() }
    }

    /// Lists what to poll for, the wake-up pipe first; false once the reactor has been stopped.
    private func collect(_ polled: inout [pollfd], _ ids: inout [UInt64]) -> Bool {
        polled.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        polled.append(pollfd(fd: wakeup.read, events: Int16(POLLIN), revents: 0))
        return state.withLock { state in
            var next: Deadline?
            for (id, waiter) in state.waiters {
                polled.append(pollfd(fd: waiter.descriptor, events: waiter.events, revents: 0))
                ids.append(id)
                next = min(next ?? waiter.deadline, waiter.deadline)
            }
            for timer in state.timers.values { next = min(next ?? timer.deadline, timer.deadline) }
            state.sleepsUntil = next
            return !state.isStopped
        }
    }

    private func settle(_ polled: [pollfd], _ ids: [UInt64]) {
        let now = ContinuousClock.now
        var ended: [(CheckedContinuation<Outcome, Never>, Outcome)] = []
        var due: [Timer] = []
        state.withLock { state in
            for (index, id) in ids.enumerated() where polled[index + 1].revents != 0 {
                if let waiter = state.waiters.removeValue(forKey: id) { ended.append((waiter.continuation, .ready)) }
            }
            for (id, waiter) in state.waiters where waiter.deadline.instant <= now {
                state.waiters[id] = nil
                ended.append((waiter.continuation, .deadline))
            }
            for (id, timer) in state.timers where timer.deadline.instant <= now {
                state.timers[id] = nil
                due.append(timer)
            }
        }
        for (continuation, outcome) in ended { continuation.resume(returning: outcome) }
        for timer in due.sorted(by: { $0.deadline < $1.deadline }) { timer.action() }
    }
}

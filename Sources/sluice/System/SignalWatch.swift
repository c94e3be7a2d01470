import Agent
private import Glibc
private import Synchronization

/// Turns the first SIGINT or SIGTERM into an interruption, and ends the process at the second.
///
/// The handler does what a handler may: it counts, writes a byte to a pipe, or ends the process. A thread waits at the
/// other end. (To block the signals and wait for them with `sigwait` does not do: Dispatch parks the main thread with an
/// empty mask.) A signal that was ignored when we were started stays ignored (`nohup`, background jobs).
final class SignalWatch: Sendable {
    private let onFirst: @Sendable (ExitCode) -> Void
    private let end: Int32

    /// The end of the pipe that the handler writes to.
    private static let pipe = Atomic<Int32>(-1)
    /// The first signal; 0 before it.
    private static let first = Atomic<Int32>(0)

    private init(end: Int32, _ onFirst: @escaping @Sendable (ExitCode) -> Void) {
        self.end = end
        self.onFirst = onFirst
    }

    /// Begins to watch, once in the life of a process; `onFirst` is called on a thread of its own.
    ///
    /// Where no pipe or thread can be had, signals do what they always do.
    static func start(_ onFirst: @escaping @Sendable (ExitCode) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { return }
        // Before any signal can come: their first use initialises them.
        pipe.store(ends[1], ordering: .sequentiallyConsistent)
        first.store(0, ordering: .sequentiallyConsistent)
        guard SignalWatch(end: ends[0], onFirst).startThread() else { return }
        for signal in [SIGINT, SIGTERM] where !isIgnored(signal) { install(signal) }
    }

    private static func install(_ signal: Int32) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { signal in
            let code = errno
            let (isFirst, earlier) = SignalWatch.first.compareExchange(
                expected: 0, desired: signal, ordering: .sequentiallyConsistent)
            if !isFirst { _exit(128 + earlier) }
            var byte: UInt8 = 1
            _ = unsafe write(SignalWatch.pipe.load(ordering: .sequentiallyConsistent), &byte, 1)
            errno = code
        }
        action.sa_flags = SA_RESTART
        _ = unsafe sigaction(signal, &action, nil)
    }

    // MARK: The thread

    private func startThread() -> Bool {
        var thread = pthread_t()
        // The thread owns the watch; it lives as long as the process.
        let watch = unsafe Unmanaged.passRetained(self).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { watch in
                if let watch = unsafe watch {
                    unsafe Unmanaged<SignalWatch>.fromOpaque(watch).takeRetainedValue().wait()
                }
                return nil
            }, watch)
        if code == 0 { pthread_detach(thread) }
        return code == 0
    }

    private func wait() {
        var byte: UInt8 = 0
        while unsafe read(end, &byte, 1) < 0, errno == EINTR {}
        let signal = Self.first.load(ordering: .sequentiallyConsistent)
        onFirst(signal == SIGTERM ? .terminated : .interrupted)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        let ignore = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return handler == ignore
    }
}

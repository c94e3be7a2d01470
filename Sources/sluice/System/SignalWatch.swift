import Agent
private import Glibc

/// Turns the first SIGINT or SIGTERM into an interruption, and ends the process at the second.
///
/// The signals are blocked, in every thread that is started later too, and one thread waits for them: nothing runs in a
/// signal handler. A signal that was ignored when we were started stays ignored (`nohup`, background jobs).
final class SignalWatch: Sendable {
    private let onFirst: @Sendable (ExitCode) -> Void

    private init(_ onFirst: @escaping @Sendable (ExitCode) -> Void) { self.onFirst = onFirst }

    /// Call it before other threads are started.
    static func start(_ onFirst: @escaping @Sendable (ExitCode) -> Void) {
        var signals = watched()
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        // The thread owns the watch; it lives as long as the process.
        let watch = unsafe Unmanaged.passRetained(SignalWatch(onFirst)).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { watch in
                if let watch = unsafe watch {
                    unsafe Unmanaged<SignalWatch>.fromOpaque(watch).takeRetainedValue().wait()
                }
                return nil
            }, watch)
        // Without the thread the signals would be lost: better to be ended by them.
        if code != 0 { unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil) } else { pthread_detach(thread) }
    }

    private func wait() {
        var signals = Self.watched()
        var first: ExitCode?
        while true {
            var signal: Int32 = 0
            guard unsafe sigwait(&signals, &signal) == 0 else { continue }
            let code: ExitCode = signal == SIGTERM ? .terminated : .interrupted
            if let first { _exit(first.rawValue) }
            first = code
            onFirst(code)
        }
    }

    private static func watched() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        // sigwait would take even an ignored one.
        for signal in [SIGINT, SIGTERM] where !isIgnored(signal) { unsafe sigaddset(&signals, signal) }
        return signals
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        let ignore = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return handler == ignore
    }
}

import Foundation
import Glibc
import Guarding

/// A program that was started, until the system has told how it ended.
///
/// Foundation's `Process` reads past the end of its list of open files, and so crashes where there are many.
final class RunningProgram: Sendable {
    let identifier: pid_t
    private let ending = Ended()

    /// Starts it as the leader of a group of its own, with these files as its only ones; signals are as in a shell.
    init(
        _ arguments: [String], environment: [String: String], directory: String?,
        streams: (input: Int32, output: Int32, errors: Int32)
    ) throws(ProgramError) {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, streams.input, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, streams.errors, 2)
        // One that was closed in the meantime is no error there.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for file in open.compactMap({ Int32($0) }) where file > 2 {
            unsafe posix_spawn_file_actions_addclose(&actions, file)
        }
        // A child inherits the mask of the thread that starts it, and those of the concurrency runtime block everything:
        // an interrupt would never arrive, nor a shell be told that what it waits for has ended.
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let words = unsafe Self.vector(["env"] + (directory.map { ["-C", $0] } ?? []) + arguments)
        let variables = unsafe Self.vector(environment.map { "\($0)=\($1)" })
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        var child = pid_t()
        let code = unsafe posix_spawn(&child, "/usr/bin/env", &actions, &attributes, words, variables)
        guard code == 0 else { throw ProgramError(code: code) }
        identifier = child
        Thread.detachNewThread { [child, ending] in ending.wait(for: child) }
    }

    private static func vector(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe words.map { unsafe strdup($0) } + [nil]
    }

    var isRunning: Bool { ending.isAwaited }

    func signal(_ number: Int32) { ending.ifAwaited { kill(identifier, number) } }

    func signalGroup(_ number: Int32) { ending.ifAwaited { kill(-identifier, number) } }

    func end() async -> ChildProcess.Ending { await ending.value() }
}

/// Why a program was not started, or not given its input.
struct ProgramError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(code: Int32) { description = unsafe String(cString: strerror(code)) }
}

/// A pipe of which a child gets no end but the one that it is given.
struct ProgramPipe {
    let reading: Int32
    let writing: Int32

    init() throws(ProgramError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw ProgramError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }
}

/// The ending of one program, told once and awaited by any number of tasks.
private final class Ended: Sendable {
    private enum State {
        case waiting([CheckedContinuation<ChildProcess.Ending, Never>])
        case ended(ChildProcess.Ending)
    }

    private let state = Guarded(State.waiting([]))

    var isAwaited: Bool {
        state.withLock { state in if case .waiting = state { true } else { false } }
    }

    /// Does something while the child's number is certainly its own.
    func ifAwaited(_ body: () -> Void) {
        state.withLock { state in if case .waiting = state { body() } }
    }

    /// Blocks until the child has ended, and tells it.
    func wait(for child: pid_t) {
        var info = unsafe siginfo_t()
        // The number is freed below only, where nobody can be about to send a signal to it.
        while unsafe waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        typealias Waiting = [CheckedContinuation<ChildProcess.Ending, Never>]
        let (ending, waiting) = state.withLock { state -> (ChildProcess.Ending, Waiting) in
            var status: Int32 = 0
            while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            let ending: ChildProcess.Ending = signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
            guard case .waiting(let waiting) = state else { return (ending, []) }
            state = .ended(ending)
            return (ending, waiting)
        }
        for continuation in waiting { continuation.resume(returning: ending) }
    }

    func value() async -> ChildProcess.Ending {
        await withCheckedContinuation { continuation in
            let ending: ChildProcess.Ending? = state.withLock { state in
                switch state {
                case .ended(let ending): return ending
                case .waiting(let waiting):
                    state = .waiting(waiting + [continuation])
                    return nil
                }
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }
}

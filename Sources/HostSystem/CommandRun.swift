private import Glibc
private import Guarding

/// A program run to its end for what it prints, as `credential_process` of AWS's configuration asks for.
///
/// Blocks; not for the cooperative pool.
package enum CommandRun {
    package enum Failure: Error, Hashable, Sendable {
        /// In the system's words.
        case notStarted(String)
        case deadline
        case tooMuchOutput(limit: Int)
        /// A status that is not zero; a signal's number is negative.
        case ended(status: Int32)
    }

    package static let outputLimit = 64 << 10

    /// Runs `/bin/sh -c command` and answers its standard output.
    ///
    /// Its standard error goes where this process's does not: nowhere. At the deadline it and what it started is killed.
    package static func shell(
        _ command: String, until deadline: ContinuousClock.Instant
    ) throws(Failure) -> [UInt8] {
        guard !command.utf8.contains(0) else { throw .notStarted("a NUL in the command") }
        let (child, output) = try starting.withLock { _ throws(Failure) in try start(command) }
        defer { close(output) }
        var bytes: [UInt8] = []
        var failure: Failure?
        do throws(Failure) {
            bytes = try read(output, until: deadline)
        } catch {
            failure = error
        }
        // Its own group: what it started goes with it.
        if failure != nil { kill(-child, SIGKILL) }
        let status = try wait(child, until: deadline)
        if let failure { throw failure }
        guard status == 0 else { throw .ended(status: status) }
        return bytes
    }

    /// One at a time: another child that is started between the two halves of this would hold the pipe open.
    private static let starting = Guarded(())

    private static func start(_ command: String) throws(Failure) -> (child: pid_t, output: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .notStarted(words(errno)) }
        let (output, input) = (ends[0], ends[1])
        defer { close(input) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do throws(Failure) {
            return (try spawn(command, output: input), output)
        } catch {
            close(output)
            throw error
        }
    }

    private static func spawn(_ command: String, output: Int32) throws(Failure) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        // What it says there could hold the secret.
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // Threads of Swift's runtime block all signals, and a child inherits that.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var child = pid_t()
        let arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("sh"), strdup("-c"), strdup(command), nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        let code = unsafe posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ)
        guard code == 0 else { throw .notStarted(words(code)) }
        return child
    }

    private static func read(_ file: Int32, until deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw .deadline }
            var entry = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(clamping: Int64(left / .milliseconds(1)) + 1)
            guard unsafe poll(&entry, 1, milliseconds) > 0 else { continue }
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= outputLimit else { throw .tooMuchOutput(limit: outputLimit) }
        }
    }

    /// Its exit status; a program that closed its output and lives on is killed at the deadline.
    private static func wait(_ child: pid_t, until deadline: ContinuousClock.Instant) throws(Failure) -> Int32 {
        var status: Int32 = 0
        var isLate = false
        while true {
            let ended = unsafe waitpid(child, &status, isLate ? 0 : WNOHANG)
            if ended < 0, errno != EINTR { return -1 }
            if ended == child { break }
            if ContinuousClock.now >= deadline {
                isLate = true
                kill(-child, SIGKILL)
            } else {
                usleep(1000)
            }
        }
        if isLate { throw .deadline }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : -signal
    }

    private static func words(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}

import Foundation
import Glibc
import Guarding

/// A program that a test starts: its output as it comes, its ending as a value.
final class ChildProcess: Sendable {
    /// How a program ended.
    enum Ending: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    let output: LineLog
    let errors: LineLog
    private let process: Process
    private let input: FileHandle
    private let ending: Ended
    private let afterEnd: @Sendable (ChildProcess) -> Void

    /// Starts `arguments[0]`, found on `PATH` unless it is a path.
    ///
    /// It finds only what is in `environment`, and is killed if it still runs at the `deadline`. Whoever waits for its
    /// end has `afterEnd` look at it first.
    init(
        _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: URL? = nil, deadline: Duration? = nil,
        afterEnd: @escaping @Sendable (ChildProcess) -> Void = { _ in }
    ) throws {
        self.afterEnd = afterEnd
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = environment
        if let directory { process.currentDirectoryURL = directory }
        let ending = Ended()
        process.terminationHandler = { ended in
            let status = ended.terminationStatus
            ending.finish(ended.terminationReason == .exit ? .exit(status) : .signal(status))
        }
        // One at a time: a pipe made between another child's list of open files and its start would leak into that
        // child, and its end would never be seen here.
        (input, output, errors) = try Self.starting.withLock { _ in
            let (input, output, errors) = (Pipe(), Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try Self.withoutSignalMask { try process.run() }
            return (
                input.fileHandleForWriting, LineLog(output.fileHandleForReading), LineLog(errors.fileHandleForReading)
            )
        }
        self.process = process
        self.ending = ending
        if let deadline {
            DispatchQueue.global().asyncAfter(deadline: .now() + deadline / .seconds(1)) { [weak self] in
                // The whole group: what it started may hold its output open.
                if let process = self?.process, process.isRunning { kill(-process.processIdentifier, SIGKILL) }
            }
        }
    }

    private static let starting = Guarded(())

    /// A child inherits the mask of the thread that starts it, and those of the concurrency runtime block everything:
    /// an interrupt would never arrive, nor a shell be told that what it waits for has ended.
    private static func withoutSignalMask(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    var isRunning: Bool { process.isRunning }

    /// Sends a line to the program's standard input; one that reads no more is an error here, not a signal.
    func send(_ line: String) throws {
        var pipe = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            var none = timespec()
            unsafe sigtimedwait(&pipe, nil, &none)
            unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        try input.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Ends the program's standard input.
    func closeInput() {
        try? input.close()
    }

    /// The number by which the system knows it.
    var identifier: Int32 { process.processIdentifier }

    func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Waits for the end of the program and of what it wrote.
    func end() async -> Ending {
        let ending = await ending.value()
        await output.end()
        await errors.end()
        afterEnd(self)
        return ending
    }
}

/// The ending of one program, told once and awaited by any number of tasks.
private final class Ended: Sendable {
    private enum State {
        case waiting([CheckedContinuation<ChildProcess.Ending, Never>])
        case ended(ChildProcess.Ending)
    }

    private let state = Guarded(State.waiting([]))

    func finish(_ ending: ChildProcess.Ending) {
        let waiting: [CheckedContinuation<ChildProcess.Ending, Never>] = state.withLock { state in
            guard case .waiting(let waiting) = state else { return [] }
            state = .ended(ending)
            return waiting
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

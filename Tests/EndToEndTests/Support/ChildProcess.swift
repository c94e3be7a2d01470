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
    private let program: RunningProgram
    private let input: Guarded<Int32?>
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
        // One at a time: a pipe made between another child's list of open files and its start would leak into that
        // child, and its end would never be seen here.
        let (program, input, output, errors) = try Self.starting.withLock { _ throws(ProgramError) in
            let (input, output, errors) = (try ProgramPipe(), try ProgramPipe(), try ProgramPipe())
            defer { for file in [input.reading, output.writing, errors.writing] { close(file) } }
            let program = try RunningProgram(
                arguments, environment: environment, directory: directory?.path,
                streams: (input.reading, output.writing, errors.writing))
            return (program, input.writing, output.reading, errors.reading)
        }
        self.program = program
        self.input = Guarded(input)
        self.output = LineLog(reading: output)
        self.errors = LineLog(reading: errors)
        if let deadline {
            DispatchQueue.global().asyncAfter(deadline: .now() + deadline / .seconds(1)) { [weak program] in
                // The whole group: what it started may hold its output open.
                program?.signalGroup(SIGKILL)
            }
        }
    }

    private static let starting = Guarded(())

    deinit { closeInput() }

    var isRunning: Bool { program.isRunning }

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
        try input.withLock { input throws(ProgramError) in
            var rest = Array((line + "\n").utf8)[...]
            while !rest.isEmpty {
                guard let input else { throw ProgramError("its input is closed") }
                let count = unsafe rest.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw ProgramError(code: errno) }
                rest.removeFirst(count)
            }
        }
    }

    /// Ends the program's standard input.
    func closeInput() {
        input.withLock { input in
            if let input { close(input) }
            input = nil
        }
    }

    /// The number by which the system knows it.
    var identifier: Int32 { program.identifier }

    func signal(_ number: Int32) { program.signal(number) }

    /// Waits for the end of the program and of what it wrote.
    func end() async -> Ending {
        let ending = await program.end()
        await output.end()
        await errors.end()
        afterEnd(self)
        return ending
    }
}

import Agent
private import Glibc
import Guarding

/// The terminal of standard input with each key handed over as it is typed, and the way back.
enum TerminalMode {
    private static let saved = Guarded<termios?>(nil)

    /// False where it is no terminal, or will not change.
    static func raw() -> Bool {
        var mode = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &mode) == 0 else { return false }
        let before = mode
        saved.withLock { if $0 == nil { $0 = before } }
        mode.c_iflag &= ~tcflag_t(ICRNL | IXON | INLCR | IGNCR)
        // ^C comes as a byte, so that it ends what runs and not the program.
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        return unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) == 0
    }

    /// Ends the program at once, with the terminal as it was.
    static func leave(_ code: Int32) -> Never {
        restore()
        _exit(code)
    }

    static func restore() {
        guard var mode = saved.withLock({ $0 }) else { return }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
    }
}

/// Standard input, read by a thread of its own: a read that waits must not hold up anybody else.
enum InputThread {
    enum Piece: Sendable {
        case bytes([UInt8])
        /// Nothing follows.
        case failed(AgentError)
    }

    /// What is read, piece by piece; ends where the input does.
    static func start() -> AsyncStream<Piece> {
        let (stream, pieces) = AsyncStream.makeStream(of: Piece.self)
        let box = Box(pieces)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(box).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().read()
                }
                return nil
            }, context)
        if code == 0 {
            pthread_detach(thread)
        } else {
            pieces.yield(.failed(failure(code, .software)))
            pieces.finish()
        }
        return stream
    }

    private static func failure(_ code: Int32, _ exitCode: ExitCode) -> AgentError {
        // glibc's strerror is safe between threads since 2.32.
        let words = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error"
        return AgentError(exitCode, "standard input: cannot be read: \(words) (\(code))")
    }

    private final class Box: Sendable {
        let pieces: AsyncStream<Piece>.Continuation

        init(_ pieces: AsyncStream<Piece>.Continuation) { self.pieces = pieces }

        func read() {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe chunk.withUnsafeMutableBytes {
                    unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count)
                }
                let code = errno
                if count < 0, code == EINTR { continue }
                if count < 0, code == EAGAIN {
                    // Whoever made the pipe may have made it non-blocking.
                    var poll = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                    _ = unsafe Glibc.poll(&poll, 1, -1)
                    continue
                }
                if count < 0 { pieces.yield(.failed(InputThread.failure(code, .badInput))) }
                guard count > 0 else { break }
                pieces.yield(.bytes(Array(chunk[..<count])))
            }
            pieces.finish()
        }
    }
}

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
    /// What is read, piece by piece; ends where the input does.
    static func start() -> AsyncStream<[UInt8]> {
        let (stream, pieces) = AsyncStream.makeStream(of: [UInt8].self)
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
        if code == 0 { pthread_detach(thread) } else { pieces.finish() }
        return stream
    }

    private final class Box: Sendable {
        let pieces: AsyncStream<[UInt8]>.Continuation

        init(_ pieces: AsyncStream<[UInt8]>.Continuation) { self.pieces = pieces }

        func read() {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe chunk.withUnsafeMutableBytes {
                    unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                pieces.yield(Array(chunk[..<count]))
            }
            pieces.finish()
        }
    }
}

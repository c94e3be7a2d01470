private import Glibc
import Guarding

/// A TCP connection over a non-blocking socket.
package final class TCPStream: ByteStream {
    package let peer: String
    private let reactor: Reactor
    /// The socket; -1 once closed.
    private let socket: Guarded<Int32>
    /// How many bytes the kernel has to hold before it calls the socket readable; of the one reader alone.
    private let lowWater = Guarded(1)

    init(socket: Int32, peer: String, reactor: Reactor) {
        self.socket = Guarded(socket)
        self.peer = peer
        self.reactor = reactor
    }

    deinit { close() }

    package func close() {
        let descriptor = socket.withLock { socket in
            defer { socket = -1 }
            return socket
        }
        guard descriptor >= 0 else { return }
        // A poll under way holds on to the file: `close` alone would tell the peer nothing before it returns.
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
        reactor.forget(descriptor)
        _ = Glibc.close(descriptor)
    }

    package func read(
        into buffer: inout [UInt8], from offset: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        try await read(into: &buffer, from: offset, useful: 1, by: deadline)
    }

    package func read(
        into buffer: inout [UInt8], from offset: Int, useful: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        while true {
            let result = withSocket { descriptor in
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    Self.attempt {
                        unsafe recv(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset, 0)
                    }
                }
            }
            switch try settled(result) {
            case .some(let count): return count
            case .none:
                wake(at: useful)
                try await ready(.readable, by: deadline)
            }
        }
    }

    /// Tells the kernel how many bytes to wait for; it calls the socket readable sooner where it has no room for them.
    private func wake(at useful: Int) {
        let bytes = useful < Self.worthCollecting ? 1 : min(useful, Self.mostCollected)
        lowWater.withLock { lowWater in
            guard lowWater != bytes else { return }
            lowWater = bytes
            var count = Int32(bytes)
            socket.withLock { descriptor in
                guard descriptor >= 0 else { return }
                unsafe setsockopt(
                    descriptor, SOL_SOCKET, SO_RCVLOWAT, &count, socklen_t(MemoryLayout<Int32>.size))
            }
        }
    }

    package func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        var sent = 0
        while sent < bytes.count {
            let result = withSocket { descriptor in
                unsafe bytes.withUnsafeBytes { bytes in
                    Self.attempt {
                        unsafe send(
                            descriptor, bytes.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
                            Int32(MSG_NOSIGNAL))
                    }
                }
            }
            switch try settled(result) {
            case .some(let count): sent += count
            case .none: try await ready(.writable, by: deadline)
            }
        }
    }

    /// Fewer bytes are not worth the call that asks for them.
    private static let worthCollecting = 32 << 10
    private static let mostCollected = 512 << 10

    // MARK: One attempt

    private enum Attempt { case moved(Int), wouldBlock, failed(Int32) }

    private static func attempt(_ body: () -> Int) -> Attempt {
        while true {
            let count = body()
            if count >= 0 { return .moved(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(errno)
            }
        }
    }

    /// The lock is held over the system call, so that the descriptor cannot be closed and its number given to another
    /// connection in between.
    private func withSocket(_ body: (Int32) -> Attempt) -> Attempt? {
        socket.withLock { $0 < 0 ? nil : body($0) }
    }

    private func settled(_ attempt: Attempt?) throws(TransportError) -> Int? {
        switch attempt {
        case .moved(let count): return count
        case .wouldBlock: return nil
        case .failed(ECONNRESET), .failed(EPIPE), nil: throw TransportError(.closed, peer: peer)
        case .failed(let number): throw TransportError(.system(number), peer: peer)
        }
    }

    private func ready(_ interest: Reactor.Interest, by deadline: Deadline) async throws(TransportError) {
        let outcome = await reactor.wait(for: interest, by: deadline) {
            socket.withLock { $0 < 0 ? nil : $0 }
        }
        switch outcome {
        case .ready: return
        case .deadline: throw TransportError(.deadline, peer: peer)
        case .cancelled:
            throw TransportError(socket.withLock { $0 } < 0 ? .closed : .cancelled, peer: peer)
        }
    }
}

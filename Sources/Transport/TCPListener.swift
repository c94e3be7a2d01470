private import Glibc
import Guarding

/// Takes TCP connections on a port of the loopback interface, for brokers that live in this process.
package final class TCPListener: Sendable {
    package let port: UInt16
    private let reactor: Reactor
    /// The listening socket; -1 once closed.
    private let socket: Guarded<Int32>

    /// Listens on a free port of 127.0.0.1.
    package init(reactor: Reactor) throws(TransportError) {
        let peer = "127.0.0.1:0"
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(AF_INET, flags, 0)
        guard descriptor >= 0 else { throw TransportError(.system(errno), peer: peer) }
        guard let port = Self.bound(descriptor) else {
            let number = errno
            _ = Glibc.close(descriptor)
            throw TransportError(.system(number), peer: peer)
        }
        self.port = port
        self.reactor = reactor
        socket = Guarded(descriptor)
    }

    deinit { close() }

    private static func bound(_ descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(descriptor, pointer, size) == 0, listen(descriptor, 128) == 0 else {
                    return Int32(-1)
                }
                return unsafe getsockname(descriptor, pointer, &size)
            }
        }
        return code == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    /// The next connection.
    package func accept(by deadline: Deadline) async throws(TransportError) -> TCPStream {
        let peer = "127.0.0.1:\(port)"
        while true {
            let (listening, accepted, number) = socket.withLock { socket -> (Int32, Int32, Int32) in
                guard socket >= 0 else { return (-1, -1, 0) }
                let accepted = Glibc.accept(socket, nil, nil)
                return (socket, accepted, errno)
            }
            guard listening >= 0 else { throw TransportError(.closed, peer: peer) }
            if accepted >= 0 {
                _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                return TCPStream(socket: accepted, peer: peer, reactor: reactor)
            }
            switch number {
            // The peer may be gone again before it was taken.
            case EINTR, ECONNABORTED: continue
            case EAGAIN: break
            default: throw TransportError(.system(number), peer: peer)
            }
            let outcome = await reactor.wait(for: .readable, by: deadline) {
                socket.withLock { $0 < 0 ? nil : $0 }
            }
            switch outcome {
            case .ready: continue
            case .deadline: throw TransportError(.deadline, peer: peer)
            case .cancelled:
                throw TransportError(socket.withLock { $0 } < 0 ? .closed : .cancelled, peer: peer)
            }
        }
    }

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
}

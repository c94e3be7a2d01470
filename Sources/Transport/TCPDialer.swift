private import Glibc

/// What came of one address of a host.
package struct DialAttempt: Hashable, Sendable {
    package let address: String
    /// Nil: connected.
    package let failure: TransportError.Reason?

    package init(address: String, failure: TransportError.Reason?) {
        self.address = address
        self.failure = failure
    }
}

/// Opens TCP connections.
package struct TCPDialer: Sendable {
    private let reactor: Reactor

    package init(reactor: Reactor) { self.reactor = reactor }

    /// Connects to the first address of `host` that answers.
    ///
    /// A black-holed address must not eat the time of the ones behind it: each gets an equal share of what is left.
    ///
    /// - Returns: the stream or why there is none, and what came of each address tried.
    package func connect(
        to host: String, port: UInt16, by deadline: Deadline
    ) async -> (stream: Result<TCPStream, TransportError>, attempts: [DialAttempt]) {
        let peer = "\(host):\(port)"
        var attempts: [DialAttempt] = []
        let addresses: [SocketAddress]
        do {
            addresses = try await Resolver.addresses(of: host, port: port, by: deadline, reactor: reactor)
        } catch {
            return (.failure(error), attempts)
        }
        for (index, address) in addresses.enumerated() {
            let share = deadline.atMost(deadline.remaining / (addresses.count - index))
            do {
                let socket = try await connect(to: address, peer: peer, by: share)
                attempts.append(DialAttempt(address: address.text, failure: nil))
                return (.success(TCPStream(socket: socket, peer: peer, reactor: reactor)), attempts)
            } catch {
                attempts.append(DialAttempt(address: address.text, failure: error.reason))
                if error.reason == .cancelled { break }
            }
        }
        return (.failure(TransportError(attempts.last?.failure ?? .unresolved("no address"), peer: peer)), attempts)
    }

    private func connect(
        to address: SocketAddress, peer: String, by deadline: Deadline
    ) async throws(TransportError) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, flags, 0)
        guard descriptor >= 0 else { throw TransportError(.system(errno), peer: peer) }
        do {
            try await connect(descriptor, to: address, peer: peer, by: deadline)
        } catch {
            reactor.forget(descriptor)
            _ = Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private func connect(
        _ descriptor: Int32, to address: SocketAddress, peer: String, by deadline: Deadline
    ) async throws(TransportError) {
        var on: Int32 = 1
        // Requests are written whole: waiting for more (Nagle) would only delay them.
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<Int32>.size))
        let code = unsafe address.storage.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return Int32(-1) }
            return unsafe Glibc.connect(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if code == 0 { return }
        guard errno == EINPROGRESS || errno == EINTR else { throw failure(errno, peer) }
        switch await reactor.wait(for: .writable, by: deadline, on: { descriptor }) {
        case .ready: break
        case .deadline: throw TransportError(.connectTimeout, peer: peer)
        case .cancelled: throw TransportError(.cancelled, peer: peer)
        }
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
        guard number == 0 else { throw failure(number, peer) }
    }

    private func failure(_ number: Int32, _ peer: String) -> TransportError {
        switch number {
        case ECONNREFUSED: TransportError(.refused, peer: peer)
        case ETIMEDOUT: TransportError(.connectTimeout, peer: peer)
        default: TransportError(.system(number), peer: peer)
        }
    }
}

private import Glibc
import Guarding

/// An address to connect to, as the resolver gave it.
package struct SocketAddress: Hashable, Sendable {
    /// The bytes of a `sockaddr_in` or `sockaddr_in6`.
    let storage: [UInt8]
    let family: Int32
    /// The numeric form, for people.
    package let text: String
}

/// Turns host names into addresses.
package enum Resolver {
    /// All addresses of `host`, in the resolver's order (RFC 6724).
    ///
    /// `getaddrinfo` cannot be interrupted, so it runs on a thread of its own, which is left behind at the deadline.
    package static func addresses(
        of host: String, port: UInt16, by deadline: Deadline, reactor: Reactor
    ) async throws(TransportError) -> [SocketAddress] {
        let peer = "\(host):\(port)"
        if let numeric = try? lookUp(host, port, numericOnly: true).get() { return numeric }
        let answer = Answer()
        let timer = reactor.schedule(at: deadline) { answer.give(.failure(.init(.deadline, peer: peer))) }
        defer { reactor.cancel(timer) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.expect(continuation)
                let isStarted = NativeThread.start { answer.give(lookUp(host, port, numericOnly: false)) }
                if !isStarted { answer.give(.failure(.init(.system(EAGAIN), peer: peer))) }
            }
        } onCancel: {
            answer.give(.failure(.init(.cancelled, peer: peer)))
        }
        return try result.get()
    }

    private typealias Outcome = Result<[SocketAddress], TransportError>

    /// A cell that is filled by whoever comes first: the resolver, the deadline, a cancellation.
    private final class Answer: Sendable {
        private enum State {
            case empty
            case expected(CheckedContinuation<Outcome, Never>)
            case given(Outcome)
            case taken
        }
        private let state = Guarded(State.empty)

        func expect(_ continuation: CheckedContinuation<Outcome, Never>) {
            let given = state.withLock { state -> Outcome? in
                if case .given(let outcome) = state {
                    state = .taken
                    return outcome
                }
                state = .expected(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }

        func give(_ outcome: Outcome) {
            let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
                switch state {
                case .empty:
                    state = .given(outcome)
                    return nil
                case .expected(let continuation):
                    state = .taken
                    return continuation
                case .given, .taken: return nil
                }
            }
            continuation?.resume(returning: outcome)
        }
    }

    private static func lookUp(_ host: String, _ port: UInt16, numericOnly: Bool) -> Outcome {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = numericOnly ? AI_NUMERICHOST | AI_NUMERICSERV : AI_NUMERICSERV
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &first)
        guard code == 0 else {
            let why = unsafe String(cString: gai_strerror(code))
            return .failure(TransportError(.unresolved(why), peer: "\(host):\(port)"))
        }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = unsafe first
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ai_addr {
                let length = unsafe Int(entry.pointee.ai_addrlen)
                let storage = unsafe Array(UnsafeRawBufferPointer(start: address, count: length))
                var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
                unsafe getnameinfo(
                    address, entry.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
                let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                addresses.append(SocketAddress(storage: storage, family: unsafe entry.pointee.ai_family, text: text))
            }
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }
}

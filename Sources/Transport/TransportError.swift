private import Glibc

/// Why bytes do not flow, and to or from where.
package struct TransportError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The name did not resolve; the resolver's own words.
        case unresolved(String)
        case refused
        /// Nothing answered: the deadline of the connection attempt passed.
        case connectTimeout
        /// Another failure of the operating system: its error number.
        case system(Int32)
        /// The peer closed the stream, or this side did.
        case closed
        case deadline
        case cancelled
        case tls(TLSFailure)
    }

    package var reason: Reason
    /// `host:port`, as asked for.
    package var peer: String

    package init(_ reason: Reason, peer: String) {
        self.reason = reason
        self.peer = peer
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String { "\(peer): \(reason)" }
}

extension TransportError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unresolved(let why): "the name does not resolve: \(why)"
        case .refused: "connection refused"
        case .connectTimeout: "no answer to the connection attempt"
        case .system(let number): unsafe String(cString: strerror(number))
        case .closed: "connection closed"
        case .deadline: "deadline passed"
        case .cancelled: "cancelled"
        case .tls(let failure): failure.message
        }
    }
}

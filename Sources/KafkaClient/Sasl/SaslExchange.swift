/// One login by one mechanism: answers the server's challenges.
package protocol SaslExchange: Sendable {
    /// As SaslHandshake names it.
    var mechanism: String { get }

    /// The first message, sent before the server has said anything.
    mutating func start() throws(SaslFailure) -> [UInt8]

    /// Answers a challenge, or checks the server's last word.
    mutating func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep

    /// What this side knows that may explain a refusal, such as a token that has expired.
    var remark: String? { get }
}

extension SaslExchange {
    package var remark: String? { nil }
}

package enum SaslStep: Hashable, Sendable {
    case send([UInt8])
    /// Nothing more to say: the server has proven what the mechanism makes it prove.
    case done
}

/// Why a login came to nothing within its mechanism.
package struct SaslFailure: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The server said so: an observation about the principal.
        case refused
        /// The server did not prove that it knows the password.
        case serverNotAuthenticated
        /// This side broke off: what came is no answer, or one that is not safe to go along with.
        case aborted
    }

    package let kind: Kind
    package let message: String

    package init(_ message: String, _ kind: Kind = .aborted) {
        self.kind = kind
        self.message = message
    }
}

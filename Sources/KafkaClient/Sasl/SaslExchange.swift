/// One login by one mechanism: answers the server's challenges.
package protocol SaslExchange: Sendable {
    /// As SaslHandshake names it.
    var mechanism: String { get }

    /// The first message, sent before the server has said anything.
    mutating func start() throws(SaslFailure) -> [UInt8]

    /// Answers a challenge, or checks the server's last word.
    mutating func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep
}

package enum SaslStep: Hashable, Sendable {
    case send([UInt8])
    /// Nothing more to say: the server has proven what the mechanism makes it prove.
    case done
}

/// Why this side broke off a login.
package struct SaslFailure: Error, Hashable, Sendable {
    package let message: String
    package init(_ message: String) { self.message = message }
}

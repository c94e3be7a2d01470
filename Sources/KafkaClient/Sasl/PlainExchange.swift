package import Secrets

/// SASL/PLAIN (RFC 4616): the password itself, so only for encrypted connections unless the run allows otherwise.
package struct PlainExchange: SaslExchange {
    package let mechanism = "PLAIN"
    private let user: String
    private let password: Secret

    package init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    package func start() -> [UInt8] {
        password.reveal { [0] + Array(user.utf8) + [0] + $0 }
    }

    package func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep {
        guard challenge.isEmpty else { throw SaslFailure("the server sent a challenge, which PLAIN does not have") }
        return .done
    }
}

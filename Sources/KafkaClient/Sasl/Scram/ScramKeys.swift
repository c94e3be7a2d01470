import Crypto
import Guarding
import Secrets

/// Salted passwords of one user, so that logging in to many brokers costs one PBKDF2: they all store one salt.
package final class ScramKeys: Sendable {
    private struct Key: Hashable {
        let hash: HashFunction
        let salt: [UInt8]
        let iterations: Int
    }

    /// A server that makes up a salt each time gains nothing by it.
    private static let limit = 16

    private let salted = Guarded<[Key: Secret]>([:])

    package init() {}

    /// How many are remembered.
    package var count: Int { salted.withLock { $0.count } }

    func salted(
        _ password: Secret, _ hash: HashFunction, salt: [UInt8], iterations: Int
    ) throws(CryptoError) -> [UInt8] {
        let key = Key(hash: hash, salt: salt, iterations: iterations)
        if let known = salted.withLock({ $0[key] }) { return known.reveal { $0 } }
        // Kafka takes the password as its UTF-8 bytes, without the SASLprep of the RFC.
        let bytes = try password.reveal { bytes throws(CryptoError) in
            try hash.pbkdf2(password: bytes, salt: salt, iterations: iterations)
        }
        salted.withLock { salted in
            if salted.count >= Self.limit { salted = [:] }
            salted[key] = Secret(bytes: bytes)
        }
        return bytes
    }
}

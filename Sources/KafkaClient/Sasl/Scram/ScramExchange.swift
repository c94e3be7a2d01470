package import Crypto
package import Secrets
import Value

/// SASL/SCRAM-SHA-256 and -512 (RFC 5802, RFC 7677), without channel binding, which Kafka does not have.
///
/// The server must prove that it knows the password as well; nothing it sends is worked on before its bounds are
/// checked, since PBKDF2 costs what the server asks for.
package struct ScramExchange: SaslExchange {
    /// The iterations gone along with: fewer than the lower bound make a stolen proof cheap to guess, more than the
    /// upper one only burn time (Kafka's own limit is 16,384).
    package static let iterations = 4096...100_000
    /// The longest message of the server that is read at all.
    package static let messageLimit = 4096

    private enum State: Sendable {
        case fresh
        case started(firstBare: [UInt8], nonce: [UInt8])
        case proven(serverSignature: [UInt8])
        case done
    }

    package var mechanism: String { hash == .sha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512" }

    private let hash: HashFunction
    private let user: String
    private let password: Secret
    private let tokenAuth: Bool
    private let keys: ScramKeys
    private let givenNonce: String?
    private var state = State.fresh

    /// With `tokenAuth` the user is the id of a delegation token and the password its HMAC.
    ///
    /// `keys` are shared by all logins of one user. A `nonce` is given by tests; otherwise it is random.
    package init(
        _ hash: HashFunction, user: String, password: Secret, tokenAuth: Bool = false, keys: ScramKeys = ScramKeys(),
        nonce: String? = nil
    ) {
        self.hash = hash
        self.user = user
        self.password = password
        self.tokenAuth = tokenAuth
        self.keys = keys
        givenNonce = nonce
    }

    package mutating func start() throws(SaslFailure) -> [UInt8] {
        let nonce: String
        if let givenNonce {
            nonce = givenNonce
        } else {
            nonce = Base64.text(try computed { () throws(CryptoError) in try SecureRandom.bytes(24) }, alphabet: .url)
        }
        let bare = "n=\(Self.escaped(user)),r=\(nonce)" + (tokenAuth ? ",tokenauth=true" : "")
        state = .started(firstBare: Array(bare.utf8), nonce: Array(nonce.utf8))
        return Array("n,,\(bare)".utf8)
    }

    package mutating func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep {
        guard challenge.count <= Self.messageLimit else {
            throw SaslFailure(
                "the server sent a SCRAM message of \(challenge.count) bytes (at most \(Self.messageLimit) accepted)")
        }
        switch state {
        case .started(let firstBare, let nonce):
            let server = try ScramServerFirst(challenge, nonce: nonce)
            let (message, signature) = try proof(firstBare, challenge, server)
            state = .proven(serverSignature: signature)
            return .send(message)
        case .proven(let signature):
            try Self.check(challenge, against: signature)
            state = .done
            return .done
        case .fresh, .done: throw SaslFailure("the server sent a challenge out of order")
        }
    }

    private func proof(
        _ firstBare: [UInt8], _ serverFirst: [UInt8], _ server: ScramServerFirst
    ) throws(SaslFailure) -> (message: [UInt8], serverSignature: [UInt8]) {
        // "biws" is "n,," in base64: no channel binding.
        let withoutProof = Array("c=biws,r=".utf8) + server.nonce
        let comma = [UInt8(ascii: ",")]
        let signed = firstBare + comma + serverFirst + comma + withoutProof
        let (hash, keys, password) = (hash, keys, password)
        let (proof, signature) = try computed { () throws(CryptoError) in
            let salted = try keys.salted(password, hash, salt: server.salt, iterations: server.iterations)
            let clientKey = try hash.hmac(of: Array("Client Key".utf8), key: salted)
            let clientSignature = try hash.hmac(of: signed, key: try hash.digest(of: clientKey))
            let serverKey = try hash.hmac(of: Array("Server Key".utf8), key: salted)
            return (
                zip(clientKey, clientSignature).map { $0 ^ $1 }, try hash.hmac(of: signed, key: serverKey)
            )
        }
        return (withoutProof + Array(",p=".utf8) + Base64.encode(proof), signature)
    }

    private static func check(_ final: [UInt8], against signature: [UInt8]) throws(SaslFailure) {
        let attributes = final.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let first = attributes.first ?? []
        if first.starts(with: "e=".utf8) {
            throw SaslFailure("the server refused: \(ShownText.of(first.dropFirst(2)))", .refused)
        }
        guard first.starts(with: "v=".utf8) else {
            throw SaslFailure("the server sent no signature (v=) of its own", .serverNotAuthenticated)
        }
        guard let sent = Base64.decode(String(decoding: first.dropFirst(2), as: UTF8.self)),
            ConstantTime.areEqual(sent, signature)
        else {
            throw SaslFailure(
                "the server's signature is wrong: it does not know the password, so it is not the broker it claims to be",
                .serverNotAuthenticated)
        }
    }

    private func computed<T>(_ body: () throws(CryptoError) -> T) throws(SaslFailure) -> T {
        do throws(CryptoError) {
            return try body()
        } catch {
            throw SaslFailure("\(error)")
        }
    }

    /// A `saslname`: the two characters that mean something in a SCRAM message are written otherwise.
    static func escaped(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: ","): bytes += Array("=2C".utf8)
            case UInt8(ascii: "="): bytes += Array("=3D".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

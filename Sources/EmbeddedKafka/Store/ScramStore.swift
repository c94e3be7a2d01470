import Crypto
import KafkaWire
import Value

/// What a broker keeps of a SCRAM password: enough to check a proof, not enough to make one.
struct ScramSecret: Sendable {
    let salt: [UInt8]
    let storedKey: [UInt8]
    let serverKey: [UInt8]
}

extension ClusterState {
    /// Lets a user log in with SCRAM-SHA-256 (`mechanism` 1) or SCRAM-SHA-512 (2).
    package mutating func addScramUser(
        _ name: String, password: String, mechanism: Int8, iterations: Int32 = 4096
    ) throws {
        let hash: HashFunction = mechanism == 1 ? .sha256 : .sha512
        let salt = Array("salt of \(name) \(mechanism)".utf8)
        let salted = try hash.pbkdf2(password: Array(password.utf8), salt: salt, iterations: Int(iterations))
        let clientKey = try hash.hmac(of: Array("Client Key".utf8), key: salted)
        var credential = ScramCredential(mechanism: mechanism, iterations: iterations)
        credential.secret = ScramSecret(
            salt: salt, storedKey: try hash.digest(of: clientKey),
            serverKey: try hash.hmac(of: Array("Server Key".utf8), key: salted))
        var credentials = scramUsers[Name(name)] ?? []
        credentials.removeAll { $0.mechanism == mechanism }
        scramUsers[Name(name)] = (credentials + [credential]).sorted { $0.mechanism < $1.mechanism }
    }

    /// The mechanisms of the SASL listener, as its handshake lists them.
    var saslMechanisms: [String] {
        let scram = Set(scramUsers.values.joined().filter { $0.secret != nil }.map(\.mechanism))
        return ["PLAIN"] + (scram.contains(1) ? ["SCRAM-SHA-256"] : []) + (scram.contains(2) ? ["SCRAM-SHA-512"] : [])
    }
}

/// A broker's side of a SCRAM login (RFC 5802).
struct ScramLogin: Sendable {
    private enum State: Sendable {
        case fresh
        case challenged(user: String, signed: [UInt8], nonce: [UInt8], credential: ClusterState.ScramCredential)
    }

    /// What a message draws.
    enum Step: Sendable {
        case challenge([UInt8])
        case accepted(user: String, signature: [UInt8])
        case refused
    }

    private let mechanism: Int8
    private var state = State.fresh

    /// Nil for what is no SCRAM mechanism.
    init?(_ mechanism: String) {
        switch Name(mechanism) {
        case "SCRAM-SHA-256": self.mechanism = 1
        case "SCRAM-SHA-512": self.mechanism = 2
        default: return nil
        }
    }

    var name: String { mechanism == 1 ? "SCRAM-SHA-256" : "SCRAM-SHA-512" }

    private var hash: HashFunction { mechanism == 1 ? .sha256 : .sha512 }

    mutating func receive(_ message: [UInt8], _ cluster: ClusterState) -> Step {
        switch state {
        case .fresh: return first(message, cluster)
        case .challenged(let user, let signed, let nonce, let credential):
            return final(message, user, signed, nonce, credential)
        }
    }

    /// `n,,n=USER,r=NONCE`.
    private mutating func first(_ message: [UInt8], _ cluster: ClusterState) -> Step {
        guard message.starts(with: "n,,".utf8) else { return .refused }
        let bare = Array(message.dropFirst(3))
        let fields = bare.split(separator: UInt8(ascii: ","))
        guard fields.count >= 2, fields[0].starts(with: "n=".utf8), fields[1].starts(with: "r=".utf8),
            let user = Self.unescaped(fields[0].dropFirst(2))
        else { return .refused }
        let credential = cluster.scramUsers[Name(user)]?.first { $0.mechanism == mechanism }
        guard let credential, let secret = credential.secret else { return .refused }
        // Random, so that no answer of before is good again.
        guard let own = try? SecureRandom.bytes(18) else { return .refused }
        let nonce = Array(fields[1].dropFirst(2)) + Base64.encode(own)
        let challenge =
            Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(secret.salt)
            + Array(",i=\(credential.iterations)".utf8)
        state = .challenged(
            user: user, signed: bare + [UInt8(ascii: ",")] + challenge + [UInt8(ascii: ",")], nonce: nonce,
            credential: credential)
        return .challenge(challenge)
    }

    /// `c=biws,r=NONCE,p=PROOF`.
    private func final(
        _ message: [UInt8], _ user: String, _ signed: [UInt8], _ nonce: [UInt8],
        _ credential: ClusterState.ScramCredential
    ) -> Step {
        let fields = message.split(separator: UInt8(ascii: ","))
        guard let secret = credential.secret, fields.count >= 3, fields[0].elementsEqual("c=biws".utf8),
            fields[1].elementsEqual(Array("r=".utf8) + nonce), let last = fields.last, last.starts(with: "p=".utf8),
            let proof = Base64.decode(String(decoding: last.dropFirst(2), as: UTF8.self)), proof.count == hash.size
        else { return .refused }
        let text = signed + message.prefix(message.count - last.count - 1)
        do throws(CryptoError) {
            let signature = try hash.hmac(of: text, key: secret.storedKey)
            let clientKey = zip(proof, signature).map { $0 ^ $1 }
            guard ConstantTime.areEqual(try hash.digest(of: clientKey), secret.storedKey) else { return .refused }
            let own = try hash.hmac(of: text, key: secret.serverKey)
            return .accepted(user: user, signature: Array("v=".utf8) + Base64.encode(own))
        } catch {
            return .refused
        }
    }

    /// `=2C` is a comma, `=3D` an equals sign; nothing else may follow one.
    private static func unescaped(_ name: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = name
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            switch rest.prefix(2) {
            case let code where code.elementsEqual("2C".utf8): bytes.append(UInt8(ascii: ","))
            case let code where code.elementsEqual("3D".utf8): bytes.append(UInt8(ascii: "="))
            default: return nil
            }
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

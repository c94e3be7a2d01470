import Crypto
import Testing
import Value

/// The other side of SCRAM, written from the RFC by itself.
struct ScriptedScramServer {
    private let hash: HashFunction
    private let salted: [UInt8]
    private let salt: [UInt8]
    private let suffix: String
    private var clientFirst: [UInt8] = []
    private var serverFirst: [UInt8] = []
    private var nonce = ""
    private var signed: [UInt8] = []

    init(_ hash: HashFunction, password: String, salt: [UInt8] = [1, 2, 3], suffix: String = "") {
        self.hash = hash
        self.salt = salt
        self.suffix = suffix
        salted = (try? hash.pbkdf2(password: Array(password.utf8), salt: salt, iterations: 4096)) ?? []
    }

    mutating func first(to message: [UInt8]) -> [UInt8] {
        clientFirst = Array(message.dropFirst(3))
        let parts = String(decoding: clientFirst, as: UTF8.self).split(separator: ",")
        nonce = (parts.first { $0.hasPrefix("r=") }.map { String($0.dropFirst(2)) } ?? "") + "server"
        serverFirst = Array("r=\(nonce),s=\(Base64.text(salt)),i=4096\(suffix)".utf8)
        return serverFirst
    }

    /// Whether the client's last message proves the password.
    mutating func accepts(_ message: [UInt8]) throws -> Bool {
        let text = String(decoding: message, as: UTF8.self)
        let parts = text.split(separator: ",").map(String.init)
        try #require(parts.count == 3 && parts[0] == "c=biws" && parts[1] == "r=\(nonce)")
        let proof = try #require(Base64.decode(String(parts[2].dropFirst(2))))
        signed = clientFirst + Array(",".utf8) + serverFirst + Array(",\(parts[0]),\(parts[1])".utf8)
        let stored = try hash.digest(of: try hash.hmac(of: Array("Client Key".utf8), key: salted))
        let key = zip(proof, try hash.hmac(of: signed, key: stored)).map { $0 ^ $1 }
        return try hash.digest(of: key) == stored
    }

    /// The server's signature; of whatever the conversation would have been, where no proof was looked at.
    func final() throws -> [UInt8] {
        var signed = signed
        if signed.isEmpty {
            signed = clientFirst + Array(",".utf8) + serverFirst + Array(",c=biws,r=\(nonce)".utf8)
        }
        let key = try hash.hmac(of: Array("Server Key".utf8), key: salted)
        return Array("v=".utf8) + Base64.encode(try hash.hmac(of: signed, key: key))
    }
}

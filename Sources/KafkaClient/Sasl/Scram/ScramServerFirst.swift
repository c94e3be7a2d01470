import Value

/// The server's first message: `r=NONCE,s=SALT,i=ITERATIONS`, checked before anything is done with it.
struct ScramServerFirst {
    let nonce: [UInt8]
    let salt: [UInt8]
    let iterations: Int

    /// The server's nonce must begin with `own`.
    init(_ message: [UInt8], nonce own: [UInt8]) throws(SaslFailure) {
        var attributes = message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)[...]
        if let first = attributes.first {
            if first.starts(with: "e=".utf8) {
                throw SaslFailure("the server refused: \(ShownText.of(first.dropFirst(2)))", .refused)
            }
            // RFC 5802: an extension that must be understood.
            if first.starts(with: "m=".utf8) {
                throw SaslFailure("the server insists on a SCRAM extension that is not known here")
            }
        }
        func next(_ name: String) throws(SaslFailure) -> ArraySlice<UInt8> {
            guard let attribute = attributes.popFirst(), attribute.starts(with: "\(name)=".utf8) else {
                throw SaslFailure("the server's first SCRAM message has no \(name)= where it belongs")
            }
            return attribute.dropFirst(2)
        }
        let nonce = try next("r")
        guard nonce.starts(with: own), nonce.count > own.count else {
            throw SaslFailure("the server's nonce does not continue this side's", .serverNotAuthenticated)
        }
        guard nonce.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SaslFailure("the server's nonce has a character that none may have")
        }
        guard let salt = Base64.decode(String(decoding: try next("s"), as: UTF8.self)), !salt.isEmpty else {
            throw SaslFailure("the server's salt is no base64")
        }
        let digits = try next("i")
        let isNumber = !digits.isEmpty && digits.count <= 18 && digits.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let iterations = Int(String(decoding: digits, as: UTF8.self)) else {
            throw SaslFailure("the server's iteration count is no number")
        }
        // Before any of them is done: the server would choose what this side's time goes to.
        guard ScramExchange.iterations.contains(iterations) else {
            let (least, most) = (ScramExchange.iterations.lowerBound, ScramExchange.iterations.upperBound)
            throw SaslFailure("the server asks for \(iterations) iterations (\(least) to \(most) are accepted)")
        }
        // What may follow are extensions that need not be understood; they are signed with the rest.
        self.nonce = Array(nonce)
        self.salt = salt
        self.iterations = iterations
    }
}

/// What may be secret in web addresses and broker lists: passwords before an `@`, and queries, which hold keys and
/// signatures.
enum AddressSecrets {
    static func all(in text: String) -> [String] {
        var secrets: [String] = []
        for entry in ConfigList.entries(text) {
            var rest = Array(entry.utf8)[...]
            if let scheme = start(of: "://", in: rest) { rest = rest[(scheme + 3)...] }
            let path = rest.firstIndex { Array("/?#".utf8).contains($0) } ?? rest.endIndex
            if let at = rest.lastIndex(of: UInt8(ascii: "@")),
                let colon = rest[..<at].firstIndex(of: UInt8(ascii: ":"))
            {
                // A slash in a password is not allowed there, and happens.
                secrets.append(String(decoding: rest[(colon + 1)..<at], as: UTF8.self))
            }
            guard let question = rest[path...].firstIndex(of: UInt8(ascii: "?")) else { continue }
            let query = rest[(question + 1)...].prefix { $0 != UInt8(ascii: "#") }
            secrets.append(String(decoding: query, as: UTF8.self))
            for part in query.split(separator: UInt8(ascii: "&")) {
                guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let value = part[(equals + 1)...]
                // A short one is a flag or a version, which stands elsewhere too.
                if value.count >= 8 { secrets.append(String(decoding: value, as: UTF8.self)) }
            }
        }
        return secrets
    }

    private static func start(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: text.utf8) }
    }
}

/// What a key or trust store is, by its first bytes: Java writes PKCS#12 into files that are called `.jks`.
enum StoreFormat {
    case pem
    case pkcs12
    case jks
    case jceks
    case unknown

    init(_ bytes: [UInt8]) {
        switch Array(bytes.prefix(4)) {
        case [0xFE, 0xED, 0xFE, 0xED]: self = .jks
        case [0xCE, 0xCE, 0xCE, 0xCE]: self = .jceks
        case let start where start.first == 0x30: self = .pkcs12
        default: self = PEMText.isPEM(bytes) ? .pem : .unknown
        }
    }

    /// The command that makes of a store of Java's own format one that others can read; nil: it needs none.
    func conversion(of path: String) -> String? {
        let type: String
        switch self {
        case .jks: type = "JKS"
        case .jceks: type = "JCEKS"
        case .pem, .pkcs12, .unknown: return nil
        }
        return "keytool -importkeystore -srckeystore \(Self.quoted(path)) -srcstoretype \(type) "
            + "-destkeystore \(Self.quoted(path + ".p12")) -deststoretype PKCS12"
    }

    /// A word for a shell.
    private static func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "/._-+:@%".utf8.contains(byte)
            }
        }
        guard !plain else { return path }
        return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}

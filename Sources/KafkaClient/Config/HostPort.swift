/// Where a broker listens.
package struct HostPort: Sendable, Hashable {
    /// A name or an address; IPv6 without its brackets.
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `[ipv6]:port`; a listener name in front (`SASL_SSL://host:port`) is tolerated, as Kafka's
    /// own clients do.
    package init(_ entry: String) throws(ConfigError) {
        let shown = entry.utf8.contains(UInt8(ascii: "@")) ? "an entry with '@' in it" : ConfigText.quoted(entry)
        func refusal(_ message: String, _ hint: String?) -> ConfigError {
            ConfigError(.badValue, "\(shown) \(message)", hint: hint)
        }

        guard let bytes = Self.withoutListener(Array(entry.utf8)) else {
            throw refusal("is a web address", "write the Kafka listener as host:port")
        }
        var host: ArraySlice<UInt8>
        var rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else {
                throw refusal("has no closing bracket", "an IPv6 address is written [::1]:9092")
            }
            host = bytes[1..<end]
            rest = bytes[(end + 1)...]
        } else {
            guard bytes.count(where: { $0 == UInt8(ascii: ":") }) <= 1 else {
                throw refusal("has more than one colon", "an IPv6 address is written [::1]:9092")
            }
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            host = bytes[..<colon]
            rest = bytes[colon...]
        }
        guard rest.first == UInt8(ascii: ":") else {
            throw refusal("has no port", "write host:port, e.g. broker-1:9092")
        }
        rest = rest.dropFirst()
        guard !host.isEmpty, host.count <= 255, host.allSatisfy(Self.belongsToHost) else {
            throw refusal("has no valid host", "letters, digits, '.', '-' and '_'")
        }
        guard rest.count <= 5, rest.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(String(decoding: rest, as: UTF8.self)), port > 0
        else { throw refusal("has no valid port", "a number from 1 to 65535") }
        self.init(host: String(decoding: host, as: UTF8.self), port: port)
    }

    /// Reads a comma-separated list; empty entries are skipped, a list of nothing else is refused.
    package static func list(_ text: String) throws(ConfigError) -> [HostPort] {
        var all: [HostPort] = []
        for entry in ConfigList.entries(text) where !entry.isEmpty {
            let next = try HostPort(entry)
            if !all.contains(next) { all.append(next) }
        }
        guard !all.isEmpty else {
            throw ConfigError(.badValue, "names no broker", hint: "write host:port, separated by commas")
        }
        return all
    }

    /// What follows `LISTENER://`; nil where the scheme is that of a web address.
    private static func withoutListener(_ entry: [UInt8]) -> [UInt8]? {
        let separator = Array("://".utf8)
        guard let at = entry.firstIndex(of: UInt8(ascii: ":")), entry[at...].starts(with: separator) else {
            return entry
        }
        let scheme = String(decoding: entry[..<at], as: UTF8.self).lowercased()
        return scheme == "http" || scheme == "https" ? nil : Array(entry[(at + separator.count)...])
    }

    /// The bytes Kafka's own pattern allows; `%` comes before the zone of a link-local address.
    private static func belongsToHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-%._:".utf8.contains(byte)
        }
    }
}

extension HostPort: Comparable {
    package static func < (left: Self, right: Self) -> Bool { (left.host, left.port) < (right.host, right.port) }
}

extension HostPort: CustomStringConvertible {
    package var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// A list as configurations write it: commas, spaces around them without meaning.
enum ConfigList {
    static func entries(_ text: String, separators: String = ",") -> [String] {
        text.utf8.split(omittingEmptySubsequences: false) { separators.utf8.contains($0) }
            .map { String(decoding: trimmed(Array($0)), as: UTF8.self) }
    }

    /// Without what Java's `trim` takes away: spaces and all control characters below.
    static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
        else { return [] }
        return bytes[first...last]
    }
}

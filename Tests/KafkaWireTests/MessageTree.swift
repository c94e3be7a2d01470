import Value

@testable import KafkaWire

/// A fourth direction of travel: a message as the tree of names and values that Kafka's JsonConverter makes of it.
struct MessageTree: Codec {
    let version: Int16
    let isFlexible: Bool
    /// The fields of the struct being walked.
    private var entries: [ByteString: Value] = [:]
    /// What was walked last.
    private var result: Value = .null

    static func of<S: WireStruct>(_ message: S, version: Int16, isFlexible: Bool) throws -> Value {
        var tree = MessageTree(version: version, isFlexible: isFlexible)
        var message = message
        try message.walk(&tree)
        return tree.result
    }

    private init(version: Int16, isFlexible: Bool) {
        self.version = version
        self.isFlexible = isFlexible
    }

    private mutating func result<V: WireValue>(of value: inout V) throws(WireError) -> Value {
        let outer = entries
        entries = [:]
        try value.walk(&self)
        entries = outer
        return result
    }

    mutating func field<V: WireValue>(_ name: StaticString, _ value: inout V) throws(WireError) {
        let key = ByteString(Self.camelCase("\(name)"))
        let value = try result(of: &value)
        // A name that comes twice would hide a field from the comparison.
        guard entries.updateValue(value, forKey: key) == nil else {
            throw WireError(reason: .unexpectedNull, path: [.field("\(name)")])
        }
    }

    mutating func tagged<V: WireValue & Equatable>(
        _ tag: UInt32, _ name: StaticString, _ value: inout V, _ fallback: V
    ) throws(WireError) {
        if value != fallback { try field(name, &value) }
    }

    mutating func endOfStruct() { result = .map(entries) }
    mutating func absent<V: Equatable>(_ value: inout V, _ fallback: V) {}

    mutating func integer<I: FixedWidthInteger>(_ value: inout I) { result = .integer(Int64(value)) }
    mutating func bool(_ value: inout Bool) { result = .bool(value) }
    mutating func float64(_ value: inout Double) { result = .number(value) }
    mutating func uuid(_ value: inout KafkaUUID) { result = .text(value.description) }

    mutating func string(_ value: inout String?, nullable: Bool) {
        result = value.map { .text($0) } ?? .null
    }

    mutating func classicString(_ value: inout String?) { string(&value, nullable: true) }

    mutating func bytes(_ value: inout [UInt8]?, nullable: Bool) {
        result = value.map { .text(Self.base64($0)) } ?? .null
    }

    /// Kafka prints null as such and anything else as its size alone; the vectors only have null.
    mutating func records(_ value: inout ArraySlice<UInt8>?, nullable: Bool) {
        result = value.map { .integer(Int64($0.count)) } ?? .null
    }

    mutating func array<E: WireValue>(_ value: inout [E]?, nullable: Bool) throws(WireError) {
        guard let elements = value else { return result = .null }
        var list: [Value] = []
        for var element in elements { list.append(try result(of: &element)) }
        result = .list(list)
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words[0] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 { text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }
}

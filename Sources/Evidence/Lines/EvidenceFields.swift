package import Secrets
package import Value

/// The fields of a line while it is put together; secrets are taken out here.
///
/// Redacting values and not the finished line keeps it JSON, and keeps a password such as `pass` or `gate` from
/// eating the verdict and the names of fields. Numbers are left alone: a count that equals a password does not give it
/// away.
package struct EvidenceFields {
    package private(set) var entries: [ByteString: Value] = [:]
    private let redactor: Redactor

    package init(redactor: Redactor) { self.redactor = redactor }

    /// A word out of a list that is ours, or a name of the narrow form that gates and checks have: never redacted.
    package mutating func word(_ key: ByteString, _ word: String?) {
        if let word { entries[key] = .text(word) }
    }

    package mutating func text(_ key: ByteString, _ text: String?) {
        if let text { entries[key] = .text(redactor.redact(text)) }
    }

    package mutating func texts(_ key: ByteString, _ texts: [String]) {
        entries[key] = .list(texts.map { .text(redactor.redact($0)) })
    }

    package mutating func value(_ key: ByteString, _ value: Value?) {
        if let value { entries[key] = redacted(value) }
    }

    package mutating func integer(_ key: ByteString, _ integer: (some BinaryInteger)?) {
        if let integer { entries[key] = .integer(Int64(clamping: integer)) }
    }

    package mutating func flag(_ key: ByteString, _ flag: Bool?) {
        if let flag { entries[key] = .bool(flag) }
    }

    package mutating func part(_ key: ByteString, _ part: (some EvidencePart)?) {
        if let part { entries[key] = object(part) }
    }

    package mutating func parts(_ key: ByteString, _ parts: [some EvidencePart]) {
        entries[key] = .list(parts.map(object))
    }

    private func object(_ part: some EvidencePart) -> Value {
        var fields = EvidenceFields(redactor: redactor)
        part.write(to: &fields)
        return .map(fields.entries)
    }

    private func redacted(_ value: Value) -> Value {
        guard !redactor.isEmpty else { return value }
        switch value {
        case .null, .bool, .integer, .number: return value
        case .string(let text): return .string(ByteString(bytes: redactor.redact(text.bytes)))
        case .list(let elements): return .list(elements.map(redacted))
        case .map(let entries):
            var result: [ByteString: Value] = [:]
            // Sorted, so that two keys which become one are told apart the same way every time.
            for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
                var name = ByteString(bytes: redactor.redact(key.bytes))
                while result[name] != nil { name.bytes.append(UInt8(ascii: "'")) }
                result[name] = redacted(value)
            }
            return .map(result)
        }
    }
}

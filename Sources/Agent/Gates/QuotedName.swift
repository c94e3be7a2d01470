import Value

/// Whether a gate file may be the gate of a name, told from its text.
///
/// A gate says its name as one word in quotes, which a look at the bytes finds: to run the file costs a thousand times
/// more.
enum QuotedName {
    static func isThere(anyOf names: [ByteString], in source: [UInt8]) -> Bool {
        for (index, byte) in source.enumerated() where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            let rest = source[(index + 1)...]
            let isOne = names.contains { name in
                rest.starts(with: name.bytes) && rest.dropFirst(name.bytes.count).first == byte
            }
            if isOne { return true }
        }
        return false
    }
}

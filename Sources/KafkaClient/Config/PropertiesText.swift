/// Collects a key or a value: UTF-8 bytes as they stand, and the UTF-16 units that `\uXXXX` names.
struct PropertiesText {
    private var bytes: [UInt8] = []
    private var high: UInt16?
    private var isBroken = false

    mutating func append(_ byte: UInt8) {
        dropHalfPair()
        bytes.append(byte)
    }

    /// One unit of UTF-16; characters beyond U+FFFF take two in a row.
    mutating func append(unit: UInt16) {
        if UTF16.isLeadSurrogate(unit) {
            dropHalfPair()
            high = unit
        } else if UTF16.isTrailSurrogate(unit) {
            guard let first = high else { return isBroken = true }
            high = nil
            bytes.append(contentsOf: String(decoding: [first, unit], as: UTF16.self).utf8)
        } else {
            dropHalfPair()
            bytes.append(contentsOf: String(decoding: [unit], as: UTF16.self).utf8)
        }
    }

    /// The text; nil where the bytes are not UTF-8 or half of a pair is missing.
    mutating func finish() -> String? {
        dropHalfPair()
        return isBroken ? nil : String(validating: bytes, as: UTF8.self)
    }

    private mutating func dropHalfPair() {
        if high != nil { isBroken = true }
        high = nil
    }
}

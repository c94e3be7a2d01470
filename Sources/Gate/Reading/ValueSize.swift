import Value

/// The size of a value as a line of evidence would hold it, counted without writing it.
struct ValueSize {
    /// Why a value cannot be kept.
    enum Fault: Hashable {
        case tooLong
        case tooDeep
        case notFinite
    }

    static let maxBytes = 16 * 1024
    static let maxLevels = 16

    private(set) var bytes = 0

    /// The bytes of the value as canonical JSON.
    ///
    /// Stops early, so that a value of any size costs no more than the limit.
    static func measure(_ value: Value) -> Result<Int, FaultError> {
        var size = ValueSize()
        if let fault = size.add(value, level: 0) { return .failure(FaultError(fault: fault)) }
        return .success(size.bytes)
    }

    struct FaultError: Error { let fault: Fault }

    private mutating func add(_ value: Value, level: Int) -> Fault? {
        switch value {
        case .null: bytes += 4
        case .bool(let bool): bytes += bool ? 4 : 5
        case .integer(let integer): add(integer)
        case .number(let number):
            guard number.isFinite else { return .notFinite }
            bytes += number.description.utf8.count
        case .string(let string): add(string)
        case .list(let elements):
            guard level < Self.maxLevels else { return .tooDeep }
            bytes += 1 + max(1, elements.count)
            for element in elements {
                if let fault = add(element, level: level + 1) { return fault }
            }
        case .map(let entries):
            guard level < Self.maxLevels else { return .tooDeep }
            bytes += 1 + max(1, 2 * entries.count)
            for (key, element) in entries {
                add(key)
                if let fault = add(element, level: level + 1) { return fault }
            }
        }
        return bytes > Self.maxBytes ? .tooLong : nil
    }

    private mutating func add(_ integer: Int64) {
        bytes += integer < 0 ? 2 : 1
        var rest = integer.magnitude
        while rest >= 10 {
            rest /= 10
            bytes += 1
        }
        // Beyond what a double holds exactly, an integer is written as a string (I-JSON).
        if integer.magnitude > 1 << 53 - 1 { bytes += 2 }
    }

    private mutating func add(_ string: ByteString) {
        guard string.bytes.count <= Self.maxBytes else {
            bytes += string.bytes.count
            return
        }
        var size = 2
        var isASCII = true
        for byte in string.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: size += 2
            case ..<0x20: size += 6
            default: size += 1
            }
            isASCII = isASCII && byte < 0x80
        }
        bytes += isASCII || string.text != nil ? size : 13 + (string.bytes.count + 2) / 3 * 4
    }
}

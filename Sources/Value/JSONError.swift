/// Why a text is not JSON as we read it, or a value cannot be written as JSON; and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Something else was needed here, e.g. `a value` or `',' or '}'`.
        case expected(String)
        case trailingBytes
        case duplicateKey(ByteString)
        case tooDeep(limit: Int)
        case notUTF8
        /// A control character inside a string; it must be escaped.
        case controlCharacter(UInt8)
        case badEscape
        case loneSurrogate
        case badNumber
        /// An integer literal beyond 64 bits, or a number beyond a double's range.
        case numberTooLarge
        /// More bytes than wanted; only when writing.
        case tooLong(limit: Int)
        /// NaN or an infinity; only when writing.
        case notFinite
    }

    package enum Place: Hashable, Sendable {
        /// In a text: both count from 1, the column in characters.
        case text(line: Int, column: Int)
        /// In a value, e.g. `facts.offsets[3]`; empty for the value itself.
        case path(String)
    }

    package let reason: Reason
    package let place: Place

    package init(_ reason: Reason, at place: Place) {
        self.reason = reason
        self.place = place
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(place): \(reason)" }
}

extension JSONError.Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let line, let column): "line \(line), column \(column)"
        case .path(let path): path.isEmpty ? "the value" : path
        }
    }
}

extension JSONError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .expected(let what): "expected \(what)"
        case .trailingBytes: "something follows the end of the value"
        case .duplicateKey(let key): "the key \(JSONWriter.quoted(key)) occurs twice"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .notUTF8: "not UTF-8"
        case .controlCharacter(let byte): "control character 0x\(Hex.text([byte])) in a string"
        case .badEscape: "unknown escape sequence"
        case .loneSurrogate: "half of a surrogate pair"
        case .badNumber: "not a number as JSON writes it"
        case .numberTooLarge: "a number too large to hold exactly (64-bit integers, doubles)"
        case .tooLong(let limit): "longer than \(limit) bytes"
        case .notFinite: "NaN and infinity cannot be written as JSON"
        }
    }
}

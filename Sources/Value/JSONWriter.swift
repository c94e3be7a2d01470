/// Writes values as canonical JSON: the same value gives the same bytes.
///
/// - Keys are sorted by their UTF-8 bytes; no spaces.
/// - Integers outside ±(2^53−1) become a string of digits (I-JSON: other readers hold numbers as doubles).
/// - Doubles have the shortest digits that read back as the same double, in ECMAScript's form (`1.0` is `1`, `-0.0` is
///   `0`, `1e-7`), except that from 2^53 on they always have an exponent, so that no integer literal is inexact.
/// - Strings escape only what must be, and what could deceive on a terminal: controls, DEL, U+0080–9F, line and
///   paragraph separators, zero-width and bidirectional format characters. Short forms `\b \t \n \f \r`, else `\u00xx`
///   in lower case.
/// - A string that is not UTF-8 becomes `{"base64":"…"}`. The reader does not turn it back.
package struct JSONWriter {
    package static let depthLimit = 64

    private var output: [UInt8] = []
    private var limit = Int.max

    /// The canonical bytes, without a line feed.
    ///
    /// A value that would take more than `limit` bytes is refused soon after they are reached, however large it is.
    package static func write(_ value: Value, limit: Int = .max) throws(JSONError) -> [UInt8] {
        var writer = JSONWriter()
        writer.limit = limit
        do throws(Refusal) {
            try writer.write(value, depth: 0)
            guard writer.output.count <= limit else { throw Refusal(reason: .tooLong(limit: limit)) }
        } catch {
            throw JSONError(error.reason, at: .path(error.path.reversed().joined()))
        }
        return writer.output
    }

    /// A string in quotes, for messages; always possible, and harmless on a terminal.
    package static func quoted(_ text: ByteString) -> String {
        var writer = JSONWriter()
        if !writer.string(text.bytes) { _ = writer.string(Array(text.description.utf8)) }
        return String(decoding: writer.output, as: UTF8.self)
    }

    /// A reason that gathers its path on the way out, so that the good path does not pay for it.
    private struct Refusal: Error {
        let reason: JSONError.Reason
        var path: [String] = []

        func inside(_ step: String) -> Refusal { Refusal(reason: reason, path: path + [step]) }
    }

    private mutating func write(_ value: Value, depth: Int) throws(Refusal) {
        guard output.count <= limit else { throw Refusal(reason: .tooLong(limit: limit)) }
        switch value {
        case .null: output += "null".utf8
        case .bool(let flag): output += flag ? "true".utf8 : "false".utf8
        case .integer(let integer): self.integer(integer)
        case .number(let number):
            guard number.isFinite else { throw Refusal(reason: .notFinite) }
            JSONNumber.append(number, to: &output)
        case .string(let text):
            if !string(text.bytes) { base64(text.bytes) }
        case .list(let elements): try list(elements, depth: depth)
        case .map(let entries): try map(entries, depth: depth)
        }
    }

    private mutating func list(_ elements: [Value], depth: Int) throws(Refusal) {
        guard depth < Self.depthLimit else { throw Refusal(reason: .tooDeep(limit: Self.depthLimit)) }
        output.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            do { try write(element, depth: depth + 1) } catch { throw error.inside("[\(index)]") }
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func map(_ entries: [ByteString: Value], depth: Int) throws(Refusal) {
        guard depth < Self.depthLimit else { throw Refusal(reason: .tooDeep(limit: Self.depthLimit)) }
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            guard string(key.bytes) else { throw Refusal(reason: .notUTF8, path: [".\(key)"]) }
            output.append(UInt8(ascii: ":"))
            do { try write(value, depth: depth + 1) } catch { throw error.inside(".\(key)") }
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func integer(_ integer: Int64) {
        let isSafe = integer.magnitude < 1 << 53
        if !isSafe { output.append(UInt8(ascii: "\"")) }
        output += String(integer).utf8
        if !isSafe { output.append(UInt8(ascii: "\"")) }
    }

    private mutating func base64(_ bytes: [UInt8]) {
        output += "{\"base64\":\"".utf8
        output += Base64.encode(bytes)
        output += "\"}".utf8
    }

    /// Writes a string; false, and nothing written, where the bytes are not UTF-8.
    private mutating func string(_ bytes: [UInt8]) -> Bool {
        let mark = output.count
        output.append(UInt8(ascii: "\""))
        var copied = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
                index += 1
                continue
            }
            guard let scalar = UTF8Scan.scalar(in: bytes, at: index) else {
                output.removeSubrange(mark...)
                return false
            }
            if Self.isEscaped(scalar.value) {
                output += bytes[copied..<index]
                escape(scalar.value)
                copied = index + scalar.count
            }
            index += scalar.count
        }
        output += bytes[copied...]
        output.append(UInt8(ascii: "\""))
        return true
    }

    /// All of them lie in the basic plane, so that one `\uXXXX` is enough.
    private static func isEscaped(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x1F, 0x22, 0x5C, 0x7F...0x9F: true
        case 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        default: false
        }
    }

    private mutating func escape(_ scalar: UInt32) {
        output.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0x22, 0x5C: output.append(UInt8(truncatingIfNeeded: scalar))
        default:
            output.append(UInt8(ascii: "u"))
            Hex.append([UInt8(truncatingIfNeeded: scalar >> 8), UInt8(truncatingIfNeeded: scalar)], to: &output)
        }
    }
}

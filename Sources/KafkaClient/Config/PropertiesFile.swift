/// A `.properties` file, read as `java.util.Properties` reads it, but for two things: the encoding is UTF-8, and each
/// entry keeps its line.
///
/// Kafka's own tools read ISO-8859-1. Text that is not ASCII means the same to both only as `\uXXXX`; bytes that are
/// not UTF-8 are refused with their line instead of being guessed at.
package struct PropertiesFile: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var key: String
        package var value: String
        /// Where the entry begins, from 1.
        package var line: Int
    }

    package static let maximumSize = 256 * 1024

    /// All of them, duplicates included, in the order of the file.
    package let entries: [Entry]

    /// Reads the bytes of a file; `path` is named in errors.
    package init(_ bytes: [UInt8], path: String) throws(ConfigError) {
        guard bytes.count <= Self.maximumSize else {
            throw ConfigError(.tooLarge, "larger than \(Self.maximumSize / 1024) KiB", at: .file(path, line: nil))
        }
        var lines = PropertiesLines(bytes)
        var entries: [Entry] = []
        while let line = lines.next() {
            let place = ConfigOrigin.file(path, line: line.number)
            let parts = Self.split(line.bytes)
            entries.append(
                Entry(
                    key: try Self.unescaped(parts.key, at: place), value: try Self.unescaped(parts.value, at: place),
                    line: line.number))
        }
        self.entries = entries
    }

    /// The value of a key: of duplicates the last, as in Java.
    package subscript(key: String) -> Entry? { entries.last { $0.key.utf8.elementsEqual(key.utf8) } }

    /// The key ends at the first separator without a backslash; blanks around one `=` or `:` belong to it.
    private static func split(_ line: [UInt8]) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        var end = 0
        var isEscaped = false
        while end < line.count, isEscaped || !(line[end].isSeparator || line[end].isBlank) {
            isEscaped = line[end] == UInt8(ascii: "\\") && !isEscaped
            end += 1
        }
        var start = end
        var hasSeparator = false
        while start < line.count, line[start].isBlank || (line[start].isSeparator && !hasSeparator) {
            hasSeparator = hasSeparator || line[start].isSeparator
            start += 1
        }
        return (line[..<end], line[start...])
    }

    private static func unescaped(_ raw: ArraySlice<UInt8>, at place: ConfigOrigin) throws(ConfigError) -> String {
        var text = PropertiesText()
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                text.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "u"):
                let digits = rest.prefix(4)
                rest = rest.dropFirst(4)
                guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                    let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
                else {
                    throw ConfigError(
                        .syntax, "\\u is not followed by four hexadecimal digits", at: place,
                        hint: "a backslash itself is written \\\\")
                }
                text.append(unit: unit)
            default: text.append(escape)
            }
        }
        guard let result = text.finish() else {
            throw ConfigError(
                .encoding, "not valid UTF-8", at: place,
                hint: "save the file as UTF-8, or write the character as \\uXXXX")
        }
        return result
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0C }
    fileprivate var isSeparator: Bool { self == UInt8(ascii: "=") || self == UInt8(ascii: ":") }
}

/// The value of a setting with its `${…}` references replaced, which remembers which of its bytes were written out
/// where the setting stands and which came from a provider.
package struct ResolvedValue: Sendable, Hashable {
    package private(set) var bytes: [UInt8] = []
    /// Ascending, without overlap.
    private var provided: [Range<Int>] = []
    /// The references that were followed, as written.
    package private(set) var references: [String] = []

    /// The text; never fails, for what goes in is text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(literal: some Collection<UInt8>) { bytes.append(contentsOf: literal) }

    mutating func append(provided value: some Collection<UInt8>, reference: String) {
        if !value.isEmpty { provided.append(bytes.count..<(bytes.count + value.count)) }
        bytes.append(contentsOf: value)
        references.append(reference)
    }

    /// Without the blanks around it, as Java's clients take every value.
    func trimmed() -> ResolvedValue {
        var result = self
        let kept = ConfigList.trimmed(bytes)
        result.bytes = Array(kept)
        result.provided = provided.compactMap { range in
            let part = range.clamped(to: kept.startIndex..<kept.endIndex)
            return part.isEmpty ? nil : (part.lowerBound - kept.startIndex)..<(part.upperBound - kept.startIndex)
        }
        return result
    }

    /// Whether a part of the value is written out, no byte of it from a provider.
    func isLiteral(_ part: Range<Int>) -> Bool { !part.isEmpty && !provided.contains { $0.overlaps(part) } }

    var isLiteral: Bool { isLiteral(bytes.indices) }
}

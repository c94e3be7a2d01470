/// The headers of a record in their order; a key may come more than once.
package struct RecordHeaders: Sequence, Sendable {
    /// A key, which is UTF-8 by convention only, and a value, nil for null.
    package typealias Element = (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)

    package let count: Int
    private let bytes: ArraySlice<UInt8>

    /// Takes bytes that ``check(_:count:with:)`` has been through.
    init(checked bytes: ArraySlice<UInt8>, count: Int) {
        self.bytes = bytes
        self.count = count
    }

    package func makeIterator() -> Iterator {
        Iterator(bytes: bytes, left: count)
    }

    package struct Iterator: IteratorProtocol {
        fileprivate var bytes: ArraySlice<UInt8>
        fileprivate var left: Int

        package mutating func next() -> Element? {
            guard left > 0 else { return nil }
            left -= 1
            var reader = VarintReader(from: 0, to: bytes.count)
            do throws(RecordsError) {
                let (key, value) = try RecordHeaders.header(bytes.span, with: &reader)
                let start = bytes.startIndex
                defer { bytes = bytes.dropFirst(reader.position) }
                return (
                    bytes[start + key.lowerBound..<start + key.upperBound],
                    value.map { bytes[start + $0.lowerBound..<start + $0.upperBound] }
                )
            } catch {
                preconditionFailure("headers are checked before they are handed out")
            }
        }
    }

    /// Goes over `count` headers so that they can be iterated without errors.
    static func check(_ bytes: Span<UInt8>, count: Int, with reader: inout VarintReader) throws(RecordsError) {
        // A header takes two bytes or more.
        guard count >= 0, count <= (reader.end - reader.position) / 2 else {
            throw RecordsError(.impossibleLength(count), position: reader.position)
        }
        for _ in 0..<count { _ = try header(bytes, with: &reader) }
    }

    private static func header(
        _ bytes: Span<UInt8>, with reader: inout VarintReader
    ) throws(RecordsError) -> (key: Range<Int>, value: Range<Int>?) {
        guard let key = try reader.nullableBytes(bytes) else {
            throw RecordsError(.impossibleLength(-1), position: reader.position)
        }
        return (key, try reader.nullableBytes(bytes))
    }
}

/// One message of format 0 or 1, as brokers before 0.11 stored them; with a codec, a wrapper around others.
///
/// Reading one checks its checksum, since its lengths are not to be trusted without.
package struct LegacyMessage: Sendable {
    /// The offset and the size, which the size does not count.
    static let lengthOverhead = 12
    /// Checksum, format, attributes and two lengths: the smallest size that can be.
    static let smallestSize = 14

    package let offset: Int64
    package let crc: UInt32
    package let magic: Int8
    package let attributes: Int8
    package let codec: CompressionCodec
    /// -1 in format 0.
    package let timestamp: Int64
    /// Ranges in ``bytes``, as its indices.
    let key: Range<Int>?
    let value: Range<Int>?
    /// The message as it is stored, offset and size included.
    package let bytes: ArraySlice<UInt8>
    /// Where it begins in the response's records, or in the decompressed wrapper.
    package let position: Int

    package var timestampType: TimestampType {
        magic == 0 ? .noTimestamp : TimestampType(attributes: Int16(attributes))
    }

    /// Reads a whole message, whose size field agrees with `bytes`.
    init(_ bytes: ArraySlice<UInt8>, position: Int) throws(RecordsError) {
        self.bytes = bytes
        self.position = position
        offset = BigEndian.load(from: bytes, at: 0)
        crc = BigEndian.load(from: bytes, at: 12)
        magic = BigEndian.load(from: bytes, at: 16)
        attributes = BigEndian.load(from: bytes, at: 17)
        do throws(RecordsError) {
            guard magic == 0 || magic == 1 else { throw RecordsError(.unsupportedFormat(magic)) }
            guard offset >= 0, offset < .max else { throw RecordsError(.overflow) }
            let computed = Checksum.crc32(bytes.dropFirst(16))
            guard computed == crc else { throw RecordsError(.checksum(stored: crc, computed: computed)) }
            codec = try CompressionCodec(attributes: Int16(attributes))
            // zstd came with format 2.
            guard codec != .zstd else { throw RecordsError(.unknownCodec(codec.rawValue)) }

            var cursor = 18
            if magic == 1 {
                guard bytes.count >= cursor + 8 else {
                    throw RecordsError(.truncated(needed: 8, available: bytes.count - cursor))
                }
                timestamp = BigEndian.load(from: bytes, at: cursor)
                cursor += 8
            } else {
                timestamp = -1
            }
            key = try Self.nullableBytes(bytes, at: &cursor)
            value = try Self.nullableBytes(bytes, at: &cursor)
            guard cursor == bytes.count else { throw RecordsError(.trailingBytes(bytes.count - cursor)) }
        } catch {
            throw error.at(baseOffset: offset, position: position)
        }
    }

    private static func nullableBytes(
        _ bytes: ArraySlice<UInt8>, at cursor: inout Int
    ) throws(RecordsError) -> Range<Int>? {
        guard bytes.count - cursor >= 4 else {
            throw RecordsError(.truncated(needed: 4, available: bytes.count - cursor))
        }
        let length = Int(BigEndian.load(Int32.self, from: bytes, at: cursor))
        cursor += 4
        guard length >= -1 else { throw RecordsError(.impossibleLength(length)) }
        guard length >= 0 else { return nil }
        guard length <= bytes.count - cursor else {
            throw RecordsError(.truncated(needed: length, available: bytes.count - cursor))
        }
        defer { cursor += length }
        return bytes.startIndex + cursor..<bytes.startIndex + cursor + length
    }
}

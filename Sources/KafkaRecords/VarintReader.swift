/// Reads the zig-zag varints of records, and the byte strings whose lengths they are, up to an end.
///
/// The span is handed to each call, since a structure that keeps one could not outlive a record.
struct VarintReader {
    private(set) var position: Int
    private(set) var end: Int

    /// The span to read from has at least `end` bytes.
    init(from position: Int, to end: Int) {
        self.position = position
        self.end = end
    }

    @inline(__always)
    mutating func byte(_ bytes: Span<UInt8>) throws(RecordsError) -> UInt8 {
        guard position < end else { throw RecordsError(.truncated(needed: 1, available: 0), position: position) }
        defer { position += 1 }
        return bytes[position]
    }

    @inline(__always)
    mutating func int32(_ bytes: Span<UInt8>) throws(RecordsError) -> Int32 {
        // Nearly all are lengths and deltas below 64.
        if position < end, bytes[position] < 0x80 {
            let byte = UInt32(bytes[position])
            position += 1
            return Int32(bitPattern: byte >> 1 ^ (0 &- byte & 1))
        }
        // Five bytes hold 35 bits; what does not fit 32 is refused.
        let raw = try unsigned(bytes, last: 4, lastMost: 0x0F)
        return Int32(bitPattern: UInt32(raw) >> 1 ^ (0 &- UInt32(raw) & 1))
    }

    @inline(__always)
    mutating func int64(_ bytes: Span<UInt8>) throws(RecordsError) -> Int64 {
        if position < end, bytes[position] < 0x80 {
            let byte = UInt64(bytes[position])
            position += 1
            return Int64(bitPattern: byte >> 1 ^ (0 &- byte & 1))
        }
        // Ten bytes hold 70 bits; what does not fit 64 is refused.
        let raw = try unsigned(bytes, last: 9, lastMost: 0x01)
        return Int64(bitPattern: raw >> 1 ^ (0 &- raw & 1))
    }

    /// The place of a byte string after its length; nil for -1, null.
    @inline(__always)
    mutating func nullableBytes(_ bytes: Span<UInt8>) throws(RecordsError) -> Range<Int>? {
        let start = position
        let length = Int(try int32(bytes))
        guard length >= 0 else {
            if length == -1 { return nil }
            throw RecordsError(.impossibleLength(length), position: start)
        }
        guard length <= end - position else {
            throw RecordsError(.truncated(needed: length, available: end - position), position: start)
        }
        defer { position += length }
        return position..<position + length
    }

    /// Narrows the rest to the next `length` bytes.
    @inline(__always)
    mutating func narrow(to length: Int) throws(RecordsError) {
        guard length >= 0 else { throw RecordsError(.impossibleLength(length), position: position) }
        guard length <= end - position else {
            throw RecordsError(.truncated(needed: length, available: end - position), position: position)
        }
        end = position + length
    }

    private mutating func unsigned(
        _ bytes: Span<UInt8>, last: Int, lastMost: UInt8
    ) throws(RecordsError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for index in 0...last {
            let byte = try byte(bytes)
            guard index < last || byte <= lastMost else { throw RecordsError(.malformedVarint, position: start) }
            value |= UInt64(byte & 0x7F) << (7 * UInt64(index))
            if byte < 0x80 { return value }
        }
        throw RecordsError(.malformedVarint, position: start)
    }
}

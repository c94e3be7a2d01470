/// Big-endian integers in a buffer, as Kafka stores all that is not a varint.
enum BigEndian {
    /// The caller has checked that the integer lies within `bytes`; the position counts from the slice's start.
    static func load<I: FixedWidthInteger>(_ type: I.Type = I.self, from bytes: ArraySlice<UInt8>, at position: Int)
        -> I
    {
        precondition(position >= 0 && MemoryLayout<I>.size <= bytes.count - position, "the caller has checked")
        return unsafe bytes.withUnsafeBytes { bytes in
            I(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: position, as: I.self))
        }
    }

    static func append<I: FixedWidthInteger>(_ value: I, to bytes: inout [UInt8]) {
        for shift in stride(from: I.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Overwrites bytes written before.
    static func store<I: FixedWidthInteger>(_ value: I, in bytes: inout [UInt8], at position: Int) {
        for index in 0..<MemoryLayout<I>.size {
            bytes[position + index] = UInt8(truncatingIfNeeded: value >> (I.bitWidth - 8 - 8 * index))
        }
    }
}

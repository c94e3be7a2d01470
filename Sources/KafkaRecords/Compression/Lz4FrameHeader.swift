/// The part of an LZ4 frame's header that is read before the library sees it.
struct Lz4FrameHeader {
    private static let magic: [UInt8] = [0x04, 0x22, 0x4D, 0x18]
    private let bytes: [UInt8]
    private let hasContentSize: Bool

    init(_ input: ArraySlice<UInt8>) throws(RecordsError) {
        guard input.count >= 7, input.starts(with: Self.magic) else { throw RecordsError(.corrupt(.lz4)) }
        let flags = input[input.startIndex + 4]
        hasContentSize = flags & 1 << 3 != 0
        let hasDictionary = flags & 1 != 0
        let size = 7 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0)
        guard input.count >= size else { throw RecordsError(.corrupt(.lz4)) }
        bytes = Array(input.prefix(size))
    }

    /// The size that the frame says its content has.
    var contentSize: UInt64? {
        hasContentSize ? BigEndian.load(UInt64.self, from: bytes[...], at: 6).byteSwapped : nil
    }

    /// The most that one block of the frame holds; a decoder that has less room left goes by way of a buffer of its own.
    var maxBlock: Int { 1 << (8 + 2 * Int(bytes[5] >> 4 & 0b111)) }

    /// The header with the checksum it ought to have.
    ///
    /// Java clients before 0.10 hashed the frame's magic too. Nobody checks it in record format 0, where it cannot be
    /// told whether it is the wrong one.
    var corrected: [UInt8] {
        var corrected = bytes
        let checksum = Self.hash(bytes[4..<bytes.count - 1])
        corrected[bytes.count - 1] = UInt8(truncatingIfNeeded: checksum >> 8)
        return corrected
    }

    /// XXH32 with seed 0 of fewer than 16 bytes, which a descriptor always has.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let primes: [UInt32] = [0x9E37_79B1, 0x85EB_CA77, 0xC2B2_AE3D, 0x27D4_EB2F, 0x1656_67B1]
        var hash = primes[4] &+ UInt32(bytes.count)
        var rest = bytes
        while rest.count >= 4 {
            hash =
                rotated(hash &+ BigEndian.load(UInt32.self, from: rest, at: 0).byteSwapped &* primes[2], 17)
                &* primes[3]
            rest = rest.dropFirst(4)
        }
        for byte in rest { hash = rotated(hash &+ UInt32(byte) &* primes[4], 11) &* primes[0] }
        hash = (hash ^ hash >> 15) &* primes[1]
        hash = (hash ^ hash >> 13) &* primes[2]
        return hash ^ hash >> 16
    }

    private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 {
        value << bits | value >> (32 - bits)
    }
}

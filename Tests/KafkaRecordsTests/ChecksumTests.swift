import KafkaRecords
import Testing

@Suite("Checksum")
struct ChecksumTests {
    @Test(
        "the vectors of RFC 3720 hold",
        arguments: [
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            ([UInt8](0..<32), 0x46DD_794E),
            ((0..<32).reversed().map { UInt8($0) }, 0x113F_DB5C),
            (Array("123456789".utf8), 0xE306_9283),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func vectors(bytes: [UInt8], crc: UInt32) {
        #expect(Checksum.crc32c(bytes[...]) == crc)
        #expect(Checksum.portableCRC32C(bytes[...]) == crc)
    }

    @Test("instructions and tables agree at every length around the interleaved blocks, and every alignment")
    func paths() {
        var random = SeededRandom(7)
        let bytes = (0..<30_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let lengths =
            Array(0...80) + [255, 256, 511, 512, 513, 767, 768, 769, 1023, 1024, 1025, 1536, 4096]
            + [12_287, 12_288, 12_289, 25_345, 29_990]
        for length in lengths {
            for start in 0..<9 {
                let slice = bytes[start..<start + length]
                #expect(Checksum.crc32c(slice) == Checksum.portableCRC32C(slice), "\(length) bytes from \(start)")
            }
        }
    }

    #if arch(x86_64)
        @Test("x86-64 machines have the instructions")
        func hardware() {
            #expect(Checksum.isHardware)
        }
    #endif

    @Test("CRC-32 is zlib's")
    func ieee() {
        #expect(Checksum.crc32(Array("123456789".utf8)[...]) == 0xCBF4_3926)
        #expect(Checksum.crc32([]) == 0)
    }
}

import KafkaRecords
import Testing

@Suite("Decompressor")
struct DecompressorTests {
    private static let codecs: [CompressionCodec] = [.gzip, .snappy, .lz4, .zstd]

    /// Bytes that do not compress.
    private static func noise(_ count: Int) -> [UInt8] {
        var random = SeededRandom(1)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func decompress(
        _ bytes: [UInt8], _ codec: CompressionCodec, magic: Int8 = 2, limits: DecompressionLimits = .init()
    ) throws -> [UInt8] {
        Array(try Decompressor(limits: limits).decompress(bytes[...], codec: codec, magic: magic))
    }

    @Test("what is compressed comes back, whatever its size, by one decompressor", arguments: codecs)
    func roundTrip(codec: CompressionCodec) throws {
        let decompressor = Decompressor()
        for size in [1, 10, 1023, 1024, 1025, 32_768, 32_769, 65_536, 300_000] {
            let noise = Self.noise(size)
            let text = (0..<size).map { UInt8(0x61 + $0 / 7 % 26) }
            for content in [noise, text] {
                let compressed = try Compressor(codec).compress(content[...])
                #expect(Array(try decompressor.decompress(compressed[...], codec: codec)) == content)
            }
        }
    }

    @Test("a slice is read from where it starts", arguments: codecs)
    func slices(codec: CompressionCodec) throws {
        let content = Array("some bytes, some bytes, some bytes".utf8)
        let compressed = try Compressor(codec).compress(content[...])
        let framed = [9, 9, 9] + compressed + [9]
        let output = try Decompressor().decompress(framed[3..<framed.count - 1], codec: codec)
        #expect(Array(output) == content)
    }

    @Test("output may reach its limit and not a byte more", arguments: codecs)
    func limit(codec: CompressionCodec) throws {
        var limits = DecompressionLimits()
        limits.maxOutput = 100_000
        let most = try Compressor(codec).compress([UInt8](repeating: 7, count: 100_000)[...])
        #expect(try decompress(most, codec, limits: limits).count == 100_000)
        let more = try Compressor(codec).compress([UInt8](repeating: 7, count: 100_001)[...])
        #expect(reason { _ = try decompress(more, codec, limits: limits) } == .outputLimit(100_000))
    }

    @Test("output may reach its ratio and not a byte more", arguments: codecs)
    func ratio(codec: CompressionCodec) throws {
        let compressed = try Compressor(codec).compress([UInt8](repeating: 7, count: 100_000)[...])
        var limits = DecompressionLimits()
        limits.maxRatio = 1
        limits.ratioAppliesAbove = 100_000
        #expect(try decompress(compressed, codec, limits: limits).count == 100_000)
        limits.ratioAppliesAbove = 99_999
        #expect(reason { _ = try decompress(compressed, codec, limits: limits) } == .outputLimit(99_999))
    }

    @Test("the limits are 64 MiB and a thousandfold, the latter above 1 MiB")
    func standard() {
        let limits = DecompressionLimits()
        #expect(limits.output(ofCompressed: 1) == 1 << 20)
        #expect(limits.output(ofCompressed: 1048) == 1 << 20)
        #expect(limits.output(ofCompressed: 1049) == 1_049_000)
        #expect(limits.output(ofCompressed: 67_108) == 67_108_000)
        #expect(limits.output(ofCompressed: 67_109) == 64 << 20)
        #expect(limits.output(ofCompressed: .max) == 64 << 20)
    }

    @Test("64 MiB of output are read, and one byte more is refused")
    func standardLimit() throws {
        let content = [UInt8](repeating: 0, count: 64 << 20 + 1)
        let most = try Compressor(.lz4).compress(content.dropLast())
        #expect(try Decompressor().decompress(most[...], codec: .lz4).count == 64 << 20)
        let more = try Compressor(.lz4).compress(content[...])
        #expect(reason { _ = try decompress(more, .lz4) } == .outputLimit(64 << 20))
    }

    @Test("bombs are refused at the cap", arguments: codecs)
    func bombs(codec: CompressionCodec) throws {
        let bomb = try Compressor(codec).compress([UInt8](repeating: 0, count: 70 << 20)[...])
        let cap = DecompressionLimits().output(ofCompressed: bomb.count)
        #expect(cap <= 64 << 20)
        #expect(reason { _ = try decompress(bomb, codec) } == .outputLimit(cap))
    }

    @Test("a zstd frame of a gigabyte that does not say so is refused at the cap")
    func zstdGigabyte() {
        // Window of 8 MiB, then blocks of 128 KiB that repeat one byte.
        var bomb: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 13 << 3]
        for index in 0..<8192 {
            let header = UInt32(128 << 10) << 3 | 1 << 1 | (index == 8191 ? 1 : 0)
            bomb += [UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16), 0]
        }
        #expect(reason { _ = try decompress(bomb, .zstd) } == .outputLimit(bomb.count * 1000))
        #expect(reason { _ = try decompress(Array(bomb.prefix(1026)), .zstd) } != nil)
    }

    @Test("declared sizes beyond the limit are refused before anything is allocated")
    func declared() throws {
        let fourGigabytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
        #expect(reason { _ = try decompress(fourGigabytes + [0], .snappy) } == .outputLimit(1 << 20))
        let xerial: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        #expect(reason { _ = try decompress(xerial + [0, 0, 0, 5] + fourGigabytes, .snappy) } == .outputLimit(1 << 20))
        #expect(
            reason { _ = try decompress(xerial + [0xFF, 0xFF, 0xFF, 0xFF] + fourGigabytes, .snappy) }
                == .corrupt(.snappy))

        let size = [UInt8](repeating: 0xFF, count: 8)
        let lz4 = [0x04, 0x22, 0x4D, 0x18, 0x68, 0x40] + size + [0]
        #expect(reason { _ = try decompress(lz4, .lz4) } == .outputLimit(1 << 20))
        let zstd = [0x28, 0xB5, 0x2F, 0xFD, 0xC0, 0] + size
        #expect(reason { _ = try decompress(zstd, .zstd) } == .outputLimit(1 << 20))
    }

    @Test("a zstd window may be 128 MiB, and an eighth more is refused")
    func window() throws {
        let frame: (UInt8) -> [UInt8] = { [0x28, 0xB5, 0x2F, 0xFD, 0, $0, 1 << 3 | 1, 0, 0, 0x61] }
        #expect(try decompress(frame(17 << 3), .zstd) == [0x61])
        let more = reason { _ = try decompress(frame(17 << 3 | 1), .zstd) }
        #expect(more == .windowLimit(declared: 144 << 20, allowed: 128 << 20))
        let most = reason { _ = try decompress(frame(21 << 3), .zstd) }
        #expect(most == .windowLimit(declared: 1 << 31, allowed: 128 << 20))
    }

    @Test("further gzip members and zstd frames are read, and nothing else may follow", arguments: codecs)
    func trailing(codec: CompressionCodec) throws {
        let compressed = try Compressor(codec).compress([1, 2, 3])
        if codec == .gzip || codec == .zstd {
            #expect(try decompress(compressed + compressed, codec) == [1, 2, 3, 1, 2, 3])
        }
        #expect(throws: RecordsError.self) { try decompress(compressed + [0], codec) }
        #expect(throws: RecordsError.self) { try decompress(compressed + [0x28, 0xB5, 0x2F, 0xFD], codec) }
    }

    @Test("every truncation is an error, and the context serves the next batch", arguments: codecs)
    func truncation(codec: CompressionCodec) throws {
        let content = (0..<3000).map { UInt8($0 / 11 & 0xFF) }
        let compressed = try Compressor(codec).compress(content[...])
        let decompressor = Decompressor()
        for count in 0..<compressed.count {
            // What is left of xerial's blocks without the later ones is whole in itself; batches have checksums.
            let output = try? decompressor.decompress(compressed.prefix(count), codec: codec)
            #expect(output.map(Array.init) != content)
            if codec != .snappy { #expect(output == nil, "\(count) of \(compressed.count)") }
        }
        #expect(Array(try decompressor.decompress(compressed[...], codec: codec)) == content)
    }

    @Test("LZ4's wrong header checksum is forgiven in format 0 alone")
    func lz4HeaderChecksum() throws {
        var compressed = try Compressor(.lz4).compress([1, 2, 3])
        #expect(try decompress(compressed, .lz4, magic: 0) == [1, 2, 3])
        compressed[6] ^= 0xFF
        #expect(try decompress(compressed, .lz4, magic: 0) == [1, 2, 3])
        #expect(reason { _ = try decompress(compressed, .lz4, magic: 1) } == .corrupt(.lz4))
        #expect(reason { _ = try decompress(compressed, .lz4) } == .corrupt(.lz4))
    }

    @Test("both forms of snappy are read")
    func snappyForms() throws {
        let content = Self.noise(70_000)
        let bare = try Compressor(.snappy, snappyFraming: .bare).compress(content[...])
        let xerial = try Compressor(.snappy).compress(content[...])
        #expect(xerial.starts(with: [0x82, 0x53, 0x4E, 0x41]))
        #expect(!bare.starts(with: [0x82, 0x53, 0x4E, 0x41]))
        #expect(try decompress(bare, .snappy) == content)
        #expect(try decompress(xerial, .snappy) == content)

        let empty: [UInt8] = [0]
        #expect(try decompress(empty, .snappy) == [])
        let block = try Compressor(.snappy, snappyFraming: .bare).compress([1, 2, 3])
        let header = try Compressor(.snappy).compress([])
        #expect(try decompress(header, .snappy) == [])
        let framed = { (block: [UInt8]) in [0, 0, 0, UInt8(block.count)] + block }
        #expect(try decompress(header + framed(empty) + framed(block) + framed(empty), .snappy) == [1, 2, 3])
    }

    @Test("noise is an error, whatever the codec", arguments: codecs)
    func noise(codec: CompressionCodec) {
        let noise = Self.noise(5000)
        for start in stride(from: 0, to: 4900, by: 7) {
            #expect(throws: RecordsError.self) {
                try Decompressor().decompress(noise[start..<start + 90], codec: codec)
            }
        }
        #expect(reason { _ = try decompress([], codec) } == .corrupt(codec))
    }
}

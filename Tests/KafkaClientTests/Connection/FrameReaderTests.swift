import Testing

@testable import KafkaClient

@Suite struct FrameReaderTests {
    @Test("frames come out whole however the bytes are cut", arguments: [1, 2, 3, 7, 64, 5000])
    func slices(of size: Int) throws {
        let bodies: [[UInt8]] = [[1, 2, 3, 4], Array(repeating: 9, count: 300), [5, 6, 7, 8, 9]]
        var reader = FrameReader(limit: 1000)
        var found: [[UInt8]] = []
        let bytes = bodies.flatMap(Self.framed)
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += try Self.feed(&reader, bytes[start..<min(bytes.count, start + size)]).map { Array($0) }
        }
        #expect(found == bodies)
    }

    @Test("many frames of one read all come out, and what is cut off waits")
    func manyAtOnce() throws {
        var reader = FrameReader(limit: 1000)
        let whole = (0..<500).flatMap { Self.framed([UInt8(truncatingIfNeeded: $0), 0, 0, 0]) }
        #expect(try Self.feed(&reader, (whole + [0, 0, 0])[...]).count == 500)
        #expect(try Self.feed(&reader, [4, 7, 7, 7, 7]).map { Array($0) } == [[7, 7, 7, 7]])
    }

    @Test("a size below 4 or above the limit is refused", arguments: [Int32(-1), 0, 3, 1001, .max, .min])
    func badSizes(size: Int32) {
        var reader = FrameReader(limit: 1000)
        let bytes = (0..<4).reversed().map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
        #expect(throws: FrameReader.BadSize(size: size, limit: 1000)) { try Self.feed(&reader, bytes[...]) }
    }

    @Test("the smallest and the largest size accepted are 4 and the limit", arguments: [4, 1000])
    func edges(size: Int) throws {
        var reader = FrameReader(limit: 1000)
        #expect(try Self.feed(&reader, Self.framed(Array(repeating: 1, count: size))[...]).map(\.count) == [size])
    }

    @Test("a size that lies costs no memory before the bytes come")
    func lyingSize() throws {
        var reader = FrameReader(limit: 100 << 20)
        _ = try Self.feed(&reader, [6, 0, 0, 0])
        reader.makeRoom()
        #expect(reader.buffer.count <= 64 << 10)
    }

    @Test(
        "a frame gets its room at once, a very large one as its bytes come, and gives it back",
        arguments: [300_000, 20_000_000])
    func largeFrames(size: Int) throws {
        var reader = FrameReader(limit: 100 << 20)
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var found: [ArraySlice<UInt8>] = []
        let bytes = Self.framed(body)
        var start = 0
        while start < bytes.count {
            reader.makeRoom()
            #expect(reader.buffer.count <= max(64 << 10, min(bytes.count, max(9 << 20, 2 * reader.filled))))
            let end = min(bytes.count, start + reader.buffer.count - reader.filled)
            found += try Self.feed(&reader, bytes[start..<end])
            start = end
        }
        #expect(found.count == 1 && found[0].elementsEqual(body))
        #expect(reader.buffer.count == 64 << 10 && reader.filled == 0)
    }

    @Test("a small frame behind a large one is not lost with its room")
    func smallAfterLarge() throws {
        var reader = FrameReader(limit: 100 << 20)
        let large = [UInt8](repeating: 3, count: 200_000)
        let bytes = Self.framed(large) + Self.framed([1, 2, 3, 4]) + [0, 0]
        reader.buffer = [UInt8](repeating: 0, count: bytes.count)
        let frames = try Self.feed(&reader, bytes[...])
        #expect(frames.map(\.count) == [200_000, 4])
        #expect(reader.buffer.count == 64 << 10 && reader.filled == 2)
        #expect(try Self.feed(&reader, [0, 4, 9, 9, 9, 9]).map { Array($0) } == [[9, 9, 9, 9]])
    }

    private static func framed(_ body: [UInt8]) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: body.count >> ($0 * 8)) } + body
    }

    private static func feed(_ reader: inout FrameReader, _ bytes: ArraySlice<UInt8>) throws -> [ArraySlice<UInt8>] {
        reader.makeRoom()
        reader.buffer.replaceSubrange(reader.filled..<reader.filled + bytes.count, with: bytes)
        return try reader.stored(bytes.count)
    }
}

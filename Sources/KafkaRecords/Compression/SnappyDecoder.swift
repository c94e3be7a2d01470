private import CSnappy

/// Decompresses snappy in the two forms that Kafka's clients write: Java frames blocks in a way of its own ("xerial"),
/// librdkafka writes one bare block.
///
/// Each block declares its size first. All are added up, and held against the limit, before anything is allocated.
enum SnappyDecoder {
    /// A bare block cannot begin like this: after the declared size it would copy from what is not there yet.
    static let xerialMagic: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00]
    /// The magic, a version and the oldest version that can read it.
    static let xerialHeaderSize = 16

    static func decode(_ input: ArraySlice<UInt8>, limit: Int) throws(RecordsError) -> [UInt8] {
        var total = 0
        try forEachBlock(of: input) { block throws(RecordsError) in
            let size = try declaredSize(of: block)
            guard size <= limit - total else { throw RecordsError(.outputLimit(limit)) }
            total += size
        }
        var outcome = Result<Void, RecordsError>.success(())
        let output = unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
            do throws(RecordsError) {
                try forEachBlock(of: input) { block throws(RecordsError) in
                    let room = unsafe UnsafeMutableBufferPointer(rebasing: buffer[initialized...])
                    initialized += try unsafe decompress(block, into: room)
                }
            } catch {
                outcome = .failure(error)
            }
        }
        try outcome.get()
        return output
    }

    /// Goes over the blocks where they are: there may be one in every five bytes, too many to list.
    private static func forEachBlock(
        of input: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws(RecordsError) -> Void
    ) throws(RecordsError) {
        guard input.count >= xerialHeaderSize, input.starts(with: xerialMagic) else { return try body(input) }
        var rest = input.dropFirst(xerialHeaderSize)
        while !rest.isEmpty {
            guard rest.count >= 4 else { throw RecordsError(.corrupt(.snappy)) }
            let length = Int(BigEndian.load(Int32.self, from: rest, at: 0))
            rest = rest.dropFirst(4)
            guard length > 0, length <= rest.count else { throw RecordsError(.corrupt(.snappy)) }
            try body(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
    }

    private static func declaredSize(of block: ArraySlice<UInt8>) throws(RecordsError) -> Int {
        var size = 0
        let status = unsafe block.withUnsafeBytes { raw in
            unsafe raw.withMemoryRebound(to: CChar.self) {
                unsafe snappy_uncompressed_length($0.baseAddress, $0.count, &size)
            }
        }
        guard status == SNAPPY_OK else { throw RecordsError(.corrupt(.snappy)) }
        return size
    }

    /// Writes a block to the start of `room`, which holds its declared size, and says how much it wrote.
    private static func decompress(
        _ block: ArraySlice<UInt8>, into room: UnsafeMutableBufferPointer<UInt8>
    ) throws(RecordsError) -> Int {
        var size = room.count
        let status = unsafe block.withUnsafeBytes { raw in
            unsafe UnsafeMutableRawBufferPointer(room).withMemoryRebound(to: CChar.self) { output in
                unsafe raw.withMemoryRebound(to: CChar.self) {
                    // It checks that the declared size is no more than the room, and writes no more than that.
                    unsafe snappy_uncompress($0.baseAddress, $0.count, output.baseAddress, &size)
                }
            }
        }
        guard status == SNAPPY_OK else { throw RecordsError(.corrupt(.snappy)) }
        return size
    }
}

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
        let blocks = try blocks(of: input, limit: limit)
        let total = blocks.reduce(0) { $0 + $1.size }
        var failed = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
            for block in blocks where !failed {
                failed = unsafe !write(block, of: input, into: buffer.baseAddress, at: &initialized)
            }
        }
        guard !failed, output.count == total else { throw RecordsError(.corrupt(.snappy)) }
        return output
    }

    /// A block's place, as the input's indices, and the size it declares.
    private struct Block {
        var range: Range<Int>
        var size: Int
    }

    /// The buffer has room for the declared sizes of all blocks, and snappy writes no more than a block declares.
    private static func write(
        _ block: Block, of input: ArraySlice<UInt8>, into start: UnsafeMutablePointer<UInt8>?, at position: inout Int
    ) -> Bool {
        // A block of nothing has been checked to be one byte that says so; the buffer may have no address for it.
        guard block.size > 0, let start = unsafe start else { return block.size == 0 && block.range.count == 1 }
        var size = block.size
        let status = unsafe input[block.range].withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(start: start + position, count: size).withMemoryRebound(to: CChar.self) {
                output in
                unsafe bytes.withMemoryRebound(to: CChar.self) {
                    unsafe snappy_uncompress($0.baseAddress, $0.count, output.baseAddress, &size)
                }
            }
        }
        guard status == SNAPPY_OK, size == block.size else { return false }
        position += size
        return true
    }

    private static func blocks(of input: ArraySlice<UInt8>, limit: Int) throws(RecordsError) -> [Block] {
        guard input.count >= xerialHeaderSize, input.starts(with: xerialMagic) else {
            return [try block(input, limit: limit)]
        }
        var blocks: [Block] = []
        var rest = input.dropFirst(xerialHeaderSize)
        var allowed = limit
        while !rest.isEmpty {
            guard rest.count >= 4 else { throw RecordsError(.corrupt(.snappy)) }
            let length = Int(BigEndian.load(Int32.self, from: rest, at: 0))
            rest = rest.dropFirst(4)
            guard length > 0, length <= rest.count else { throw RecordsError(.corrupt(.snappy)) }
            let found = try block(rest.prefix(length), limit: allowed)
            allowed -= found.size
            blocks.append(found)
            rest = rest.dropFirst(length)
        }
        return blocks
    }

    private static func block(_ bytes: ArraySlice<UInt8>, limit: Int) throws(RecordsError) -> Block {
        var size = 0
        let status = unsafe bytes.withUnsafeBytes { raw in
            unsafe raw.withMemoryRebound(to: CChar.self) {
                unsafe snappy_uncompressed_length($0.baseAddress, $0.count, &size)
            }
        }
        guard status == SNAPPY_OK else { throw RecordsError(.corrupt(.snappy)) }
        guard size <= limit else { throw RecordsError(.outputLimit(limit)) }
        return Block(range: bytes.startIndex..<bytes.endIndex, size: size)
    }
}

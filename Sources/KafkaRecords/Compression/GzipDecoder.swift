private import CZlib

/// Inflates gzip, reusing zlib's state from batch to batch.
///
/// It is safe to use since the pointer stays inside, and is freed with it.
@safe final class GzipDecoder {
    /// On the heap at one address: zlib's state points back at it.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(RecordsError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15: the largest window; 32: gzip or zlib, whichever the header says.
        let status = unsafe inflateInit2_(stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            unsafe stream.deallocate()
            throw RecordsError(.library(.gzip))
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// All members of `input`, which must hold nothing else.
    func decode(
        _ input: UnsafeBufferPointer<UInt8>, expecting count: Int, into buffer: OutputBuffer
    ) throws(RecordsError) -> [UInt8] {
        unsafe inflateReset(stream)
        // zlib only reads through it; its declaration predates const.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = try Self.size(input.count)
        return try unsafe buffer.collect(expecting: count) { room throws(RecordsError) in
            unsafe stream.pointee.next_out = room.baseAddress
            unsafe stream.pointee.avail_out = try Self.size(room.count)
            while true {
                let status = unsafe inflate(stream, Z_NO_FLUSH)
                let written = unsafe room.count - Int(stream.pointee.avail_out)
                switch status {
                case Z_STREAM_END where unsafe stream.pointee.avail_in == 0:
                    return OutputBuffer.Progress(written: written, isDone: true)
                case Z_STREAM_END:
                    // Another member follows, as RFC 1952 allows; anything else fails as a header.
                    unsafe inflateReset(stream)
                case Z_OK, Z_BUF_ERROR:
                    if unsafe stream.pointee.avail_out == 0 { return .init(written: written, isDone: false) }
                    // Room was left, so what is missing is input.
                    if unsafe stream.pointee.avail_in == 0 || status == Z_BUF_ERROR {
                        throw RecordsError(.corrupt(.gzip))
                    }
                case Z_MEM_ERROR:
                    throw RecordsError(.library(.gzip))
                default:
                    throw RecordsError(.corrupt(.gzip))
                }
            }
        }
    }

    private static func size(_ count: Int) throws(RecordsError) -> UInt32 {
        guard let size = UInt32(exactly: count) else { throw RecordsError(.tooLarge(count)) }
        return size
    }
}

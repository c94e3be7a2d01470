private import CLz4

/// Decompresses an LZ4 frame, reusing the library's context from batch to batch.
///
/// It is safe to use since the context stays inside, and is freed with it.
@safe final class Lz4Decoder {
    private let context: OpaquePointer

    init() throws(RecordsError) {
        var created: OpaquePointer?
        let status = unsafe LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(status) == 0, let created = unsafe created else { throw RecordsError(.library(.lz4)) }
        unsafe context = created
    }

    deinit {
        unsafe LZ4F_freeDecompressionContext(context)
    }

    /// The one frame of `input`, which must hold nothing else.
    ///
    /// Where `header` is given it replaces as many bytes of the input.
    func decode(
        _ input: UnsafeBufferPointer<UInt8>, header: [UInt8]?, expecting count: Int, into buffer: OutputBuffer
    ) throws(RecordsError) -> [UInt8] {
        unsafe LZ4F_resetDecompressionContext(context)
        var consumed = 0
        if let header {
            consumed = header.count
            try unsafe header.withUnsafeBufferPointer { bytes throws(RecordsError) in
                var read = bytes.count
                var written = 0
                let status = unsafe LZ4F_decompress(context, nil, &written, bytes.baseAddress, &read, nil)
                guard LZ4F_isError(status) == 0, read == header.count else { throw RecordsError(.corrupt(.lz4)) }
            }
        }
        return try unsafe buffer.collect(expecting: count) { room throws(RecordsError) in
            var filled = 0
            while true {
                var read = input.count - consumed
                var written = room.count - filled
                let status = unsafe LZ4F_decompress(
                    context, room.baseAddress.map { unsafe $0 + filled }, &written,
                    input.baseAddress.map { unsafe $0 + consumed }, &read, nil)
                guard LZ4F_isError(status) == 0 else { throw RecordsError(.corrupt(.lz4)) }
                consumed += read
                filled += written
                if status == 0 {
                    let left = input.count - consumed
                    guard left == 0 else { throw RecordsError(.trailingBytes(left)) }
                    return OutputBuffer.Progress(written: filled, isDone: true)
                }
                if filled == room.count { return .init(written: filled, isDone: false) }
                // Room was left, so what is missing is input.
                guard read > 0 || written > 0 else { throw RecordsError(.corrupt(.lz4)) }
            }
        }
    }
}

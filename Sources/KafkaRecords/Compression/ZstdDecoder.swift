private import CZstd

/// Decompresses zstd, reusing the library's context from batch to batch.
///
/// Each frame is decoded straight into the output, which serves as its window, so that a frame's window costs no
/// memory of its own. A frame that does not fit is decoded again into twice the room.
///
/// It is safe to use since the context stays inside, and is freed with it.
@safe final class ZstdDecoder {
    private let context: OpaquePointer

    init() throws(RecordsError) {
        guard let created = unsafe ZSTD_createDCtx() else { throw RecordsError(.library(.zstd)) }
        unsafe context = created
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// All frames of `input`, which must hold nothing else.
    func decode(
        _ input: ArraySlice<UInt8>, expecting count: Int, maxWindow: UInt64, into buffer: OutputBuffer
    ) throws(RecordsError) -> [UInt8] {
        var rest = input
        return try unsafe buffer.collect(expecting: count) { room throws(RecordsError) in
            var filled = 0
            while true {
                let frame = try nextFrame(of: rest, maxWindow: maxWindow, allowed: buffer.limit)
                let status = unsafe frame.withUnsafeBufferPointer { bytes in
                    unsafe ZSTD_decompressDCtx(
                        context, room.baseAddress.map { unsafe $0 + filled }, room.count - filled,
                        bytes.baseAddress, bytes.count)
                }
                if ZSTD_isError(status) != 0 {
                    guard ZSTD_getErrorCode(status) == ZSTD_error_dstSize_tooSmall else {
                        throw RecordsError(.corrupt(.zstd))
                    }
                    return OutputBuffer.Progress(written: filled, isDone: false)
                }
                filled += status
                rest = rest.dropFirst(frame.count)
                if rest.isEmpty { return .init(written: filled, isDone: true) }
            }
        }
    }

    private func nextFrame(
        of input: ArraySlice<UInt8>, maxWindow: UInt64, allowed: Int
    ) throws(RecordsError) -> ArraySlice<UInt8> {
        let header = try ZstdFrameHeader(input)
        if let size = header.contentSize, size > UInt64(allowed) { throw RecordsError(.outputLimit(allowed)) }
        if let window = header.windowSize, window > maxWindow {
            throw RecordsError(.windowLimit(declared: window, allowed: maxWindow))
        }
        let size = unsafe input.withUnsafeBufferPointer {
            unsafe ZSTD_findFrameCompressedSize($0.baseAddress, $0.count)
        }
        guard ZSTD_isError(size) == 0, size <= input.count else { throw RecordsError(.corrupt(.zstd)) }
        return input.prefix(size)
    }
}

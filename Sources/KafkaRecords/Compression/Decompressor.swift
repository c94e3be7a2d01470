/// Decompresses the records of batches within limits.
///
/// It keeps the codecs' contexts, since making them costs more than a small batch does: one a worker, not shared.
package final class Decompressor {
    package let limits: DecompressionLimits
    private var gzip: GzipDecoder?
    private var lz4: Lz4Decoder?
    private var zstd: ZstdDecoder?
    /// How much the last batch grew; a log's batches are alike, so the next one's room is right the first time.
    private var expectedRatio = 4

    package init(limits: DecompressionLimits = DecompressionLimits()) {
        self.limits = limits
    }

    /// The bytes that `input` stands for.
    ///
    /// `magic` is the record format around it: format 0 has LZ4 frames with a wrong header checksum.
    package func decompress(
        _ input: ArraySlice<UInt8>, codec: CompressionCodec, magic: Int8 = 2
    ) throws(RecordsError) -> ArraySlice<UInt8> {
        guard codec != .none else { return input }
        guard !input.isEmpty else { throw RecordsError(.corrupt(codec)) }
        let output = try decoded(input, codec: codec, magic: magic)
        expectedRatio = min(output.count / input.count + 1, limits.maxRatio)
        return output[...]
    }

    private func decoded(
        _ input: ArraySlice<UInt8>, codec: CompressionCodec, magic: Int8
    ) throws(RecordsError) -> [UInt8] {
        let limit = limits.output(ofCompressed: input.count)
        let buffer = OutputBuffer(limit: limit)
        // Both factors are limits or less: this cannot overflow.
        let expected = min(input.count, limit) * expectedRatio
        switch codec {
        case .none:
            return Array(input)
        case .gzip:
            let decoder: GzipDecoder = if let gzip { gzip } else { try GzipDecoder() }
            gzip = decoder
            return try unsafe input.withUnsafeBufferPointer { bytes throws(RecordsError) in
                try unsafe decoder.decode(bytes, expecting: expected, into: buffer)
            }
        case .snappy:
            return try SnappyDecoder.decode(input, limit: limit)
        case .lz4:
            let header = try Lz4FrameHeader(input)
            if let size = header.contentSize, size > UInt64(limit) { throw RecordsError(.outputLimit(limit)) }
            let decoder: Lz4Decoder = if let lz4 { lz4 } else { try Lz4Decoder() }
            lz4 = decoder
            return try unsafe input.withUnsafeBufferPointer { bytes throws(RecordsError) in
                try unsafe decoder.decode(
                    bytes, header: magic == 0 ? header.corrected : nil,
                    expecting: Int(clamping: header.contentSize ?? UInt64(expected + header.maxBlock)), into: buffer)
            }
        case .zstd:
            let decoder: ZstdDecoder = if let zstd { zstd } else { try ZstdDecoder() }
            zstd = decoder
            let declared = try ZstdFrameHeader(input).contentSize
            return try decoder.decode(
                input, expecting: Int(clamping: declared ?? UInt64(expected)), maxWindow: limits.maxWindow, into: buffer
            )
        }
    }
}

private import CLz4
private import CSnappy
private import CZlib
private import CZstd

/// Compresses the records of a batch, as Kafka's Java producer does where there is a choice.
package struct Compressor: Sendable {
    /// The two forms of snappy in the wild.
    package enum SnappyFraming: Sendable {
        /// Java's: blocks of 32 KiB behind a header of its own.
        case xerial
        /// One bare block, as librdkafka writes it.
        case bare
    }

    package var codec: CompressionCodec
    package var snappyFraming: SnappyFraming

    package init(_ codec: CompressionCodec, snappyFraming: SnappyFraming = .xerial) {
        self.codec = codec
        self.snappyFraming = snappyFraming
    }

    package func compress(_ input: ArraySlice<UInt8>) throws(RecordsError) -> [UInt8] {
        switch codec {
        case .none: Array(input)
        case .gzip: try gzip(input)
        case .snappy: snappyFraming == .bare ? try snappyBlock(input) : try xerial(input)
        case .lz4: try lz4(input)
        case .zstd: try zstd(input)
        }
    }

    private func gzip(_ input: ArraySlice<UInt8>) throws(RecordsError) -> [UInt8] {
        guard let size = UInt32(exactly: input.count) else { throw RecordsError(.tooLarge(input.count)) }
        var stream = unsafe z_stream()
        // 15: the largest window; 16: a gzip header. 8 is zlib's default for memory.
        let status = unsafe deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw RecordsError(.library(.gzip)) }
        defer { unsafe deflateEnd(&stream) }
        let bound = Int(unsafe deflateBound(&stream, UInt(input.count)))
        return try unsafe encode(input, bound: bound) { source, target in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.avail_in = size
            unsafe stream.next_out = target.baseAddress
            unsafe stream.avail_out = UInt32(clamping: target.count)
            return unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END ? target.count - Int(stream.avail_out) : nil
        }
    }

    private func xerial(_ input: ArraySlice<UInt8>) throws(RecordsError) -> [UInt8] {
        var output = SnappyDecoder.xerialMagic
        BigEndian.append(Int32(1), to: &output)  // the version of the framing
        BigEndian.append(Int32(1), to: &output)  // the oldest version that can read it
        var rest = input
        while !rest.isEmpty {
            let block = try snappyBlock(rest.prefix(32 << 10))
            BigEndian.append(Int32(clamping: block.count), to: &output)
            output += block
            rest = rest.dropFirst(32 << 10)
        }
        return output
    }

    private func snappyBlock(_ input: ArraySlice<UInt8>) throws(RecordsError) -> [UInt8] {
        try unsafe encode(input, bound: snappy_max_compressed_length(input.count)) { source, target in
            var size = target.count
            let status = unsafe source.withMemoryRebound(to: CChar.self) { source in
                unsafe target.withMemoryRebound(to: CChar.self) { target in
                    unsafe snappy_compress(source.baseAddress, source.count, target.baseAddress, &size)
                }
            }
            return status == SNAPPY_OK ? size : nil
        }
    }

    private func lz4(_ input: ArraySlice<UInt8>) throws(RecordsError) -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        let bound = unsafe LZ4F_compressFrameBound(input.count, &preferences)
        return try unsafe encode(input, bound: bound) { source, target in
            let size = unsafe LZ4F_compressFrame(
                target.baseAddress, target.count, source.baseAddress, source.count, &preferences)
            return LZ4F_isError(size) == 0 ? size : nil
        }
    }

    private func zstd(_ input: ArraySlice<UInt8>) throws(RecordsError) -> [UInt8] {
        try unsafe encode(input, bound: ZSTD_compressBound(input.count)) { source, target in
            let size = unsafe ZSTD_compress(
                target.baseAddress, target.count, source.baseAddress, source.count, ZSTD_CLEVEL_DEFAULT)
            return ZSTD_isError(size) == 0 ? size : nil
        }
    }

    /// Runs `body` over the input and room for the most it can become; it says how much it wrote, nil for a failure.
    private func encode(
        _ input: ArraySlice<UInt8>, bound: Int,
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Int?
    ) throws(RecordsError) -> [UInt8] {
        var failed = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, initialized in
            let written = unsafe input.withUnsafeBufferPointer { source in unsafe body(source, target) }
            failed = written == nil
            initialized = written ?? 0
        }
        if failed { throw RecordsError(.library(codec)) }
        return output
    }
}

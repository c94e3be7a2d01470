/// The part of a zstd frame's header (RFC 8878, 3.1.1.1) that is read before the library sees it.
///
/// Formats from before zstd 1.0 and skippable frames, which Kafka has never had, are refused.
struct ZstdFrameHeader {
    /// Nil where the frame is its own window.
    let windowSize: UInt64?
    let contentSize: UInt64?

    init(_ input: ArraySlice<UInt8>) throws(RecordsError) {
        guard input.count >= 6, input.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else {
            throw RecordsError(.corrupt(.zstd))
        }
        let descriptor = input[input.startIndex + 4]
        let isSingleSegment = descriptor & 1 << 5 != 0
        let dictionarySize = [0, 1, 2, 4][Int(descriptor & 0b11)]
        let contentSizeSize = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
        let contentSizeAt = 5 + (isSingleSegment ? 0 : 1) + dictionarySize
        guard input.count >= contentSizeAt + contentSizeSize else { throw RecordsError(.corrupt(.zstd)) }

        if isSingleSegment {
            windowSize = nil
        } else {
            let window = input[input.startIndex + 5]
            let base = UInt64(1) << (10 + UInt64(window >> 3))
            windowSize = base + base / 8 * UInt64(window & 0b111)
        }
        contentSize =
            switch contentSizeSize {
            case 1: UInt64(input[input.startIndex + contentSizeAt])
            // Two bytes say what is beyond one.
            case 2: UInt64(BigEndian.load(UInt16.self, from: input, at: contentSizeAt).byteSwapped) + 256
            case 4: UInt64(BigEndian.load(UInt32.self, from: input, at: contentSizeAt).byteSwapped)
            case 8: BigEndian.load(UInt64.self, from: input, at: contentSizeAt).byteSwapped
            default: nil
            }
    }
}

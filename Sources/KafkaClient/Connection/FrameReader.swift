private import Transport

/// Cuts a byte stream into Kafka's frames: a 32-bit size, then as many bytes.
///
/// The memory for a frame grows with the bytes that have come, so a size that lies costs the peer, not this side.
struct FrameReader {
    /// A size that no answer to what was asked can have.
    struct BadSize: Error, Equatable {
        let size: Int32
        let limit: Int
    }

    private static let step = 64 << 10

    /// Where the stream shall store bytes, from ``filled`` on.
    var buffer = ReceiveRoom.grown([], filled: 0, to: Self.step)
    private(set) var filled = 0
    /// The largest frame accepted.
    var limit: Int

    init(limit: Int) { self.limit = limit }

    /// Frames up to this size get their room at once; the memory is the peer's to waste, and no more than that.
    private static let wholeFrame = 9 << 20

    /// Makes room for more bytes: for a whole frame, or doubling up to the size of a very large one.
    mutating func makeRoom() {
        guard filled == buffer.count else { return }
        let wanted = min(4 + Int(size(at: 0)), max(Self.wholeFrame, buffer.count * 2))
        guard wanted > buffer.count else { return }
        buffer = ReceiveRoom.grown(buffer, filled: filled, to: wanted)
    }

    /// How many bytes of a frame whose size is known have not come and have room; 1 where none is known.
    var missing: Int {
        guard filled >= 4 else { return 1 }
        return max(1, min(buffer.count, 4 + Int(size(at: 0))) - filled)
    }

    private func size(at start: Int) -> Int32 {
        buffer[start..<start + 4].reduce(0) { $0 << 8 | Int32(truncatingIfNeeded: $1) }
    }

    /// Takes note of `count` bytes stored from ``filled`` on.
    ///
    /// - Returns: the frames that are now complete, without their sizes.
    mutating func stored(_ count: Int) throws(BadSize) -> [ArraySlice<UInt8>] {
        filled += count
        var frames: [ArraySlice<UInt8>] = []
        var start = 0
        while filled - start >= 4 {
            let size = size(at: start)
            guard size >= 4, Int(size) <= limit else { throw BadSize(size: size, limit: limit) }
            let end = start + 4 + Int(size)
            guard end <= filled else { break }
            if start == 0, end == filled, end > Self.step {
                // A large answer that came alone is handed over as it lies here, rather than held twice.
                frames.append(buffer[4..<end])
                buffer = ReceiveRoom.grown([], filled: 0, to: Self.step)
                filled = 0
                return frames
            }
            frames.append(Array(buffer[start + 4..<end])[...])
            start = end
        }
        guard start > 0 else { return frames }
        let rest = buffer[start..<filled]
        if buffer.count > Self.step, rest.count <= Self.step {
            // One large answer must not hold its memory for the rest of the connection's life.
            buffer = ReceiveRoom.grown(Array(rest), filled: rest.count, to: Self.step)
            filled = rest.count
        } else {
            filled = rest.count
            buffer.replaceSubrange(..<rest.count, with: Array(rest))
        }
        return frames
    }
}

import Crypto
import KafkaRecords

/// Batches of a log that lie in one stretch of offsets, under a hash that nobody can forge.
///
/// A checksum of 32 bits tells accidents from copies; an archive wants more.
package struct BatchChunk: Hashable, Sendable {
    /// Which stretch: base offsets divided by its length.
    package var index: Int64
    package var firstOffset: Int64
    package var lastOffset: Int64
    package var batches: Int64
    package var bytes: Int64
    /// A chain over the batches, which begins with 32 zeros.
    ///
    /// Each batch makes of the hash before it SHA-256 of that hash and of SHA-256 of the bytes that the batch's own
    /// checksum covers. Offset and leader epoch of a batch are not among these.
    package var sha256: [UInt8]

    fileprivate init(index: Int64, firstOffset: Int64) {
        self.index = index
        self.firstOffset = firstOffset
        lastOffset = firstOffset
        batches = 0
        bytes = 0
        sha256 = [UInt8](repeating: 0, count: 32)
    }
}

/// Hashes batches chunk by chunk, as they come.
struct BatchChunks: Sendable {
    /// Offsets of a chunk.
    let size: Int64
    private var list: [BatchChunk] = []
    private var isWhole = true

    init(size: Int64) { self.size = size }

    /// Nil once something could not be hashed.
    var chunks: [BatchChunk]? { isWhole ? list : nil }

    /// Offsets of a chunk for a log of so many: few enough chunks for evidence, the same on both sides.
    static func size(for offsets: Int64) -> Int64 {
        var size: Int64 = 1 << 16
        while size < 1 << 56, offsets / size >= 32 { size *= 2 }
        return size
    }

    mutating func add(_ batch: StoredBatch) {
        let first = batch.baseOffset ?? batch.lastOffset
        if list.last?.index != first / size { list.append(BatchChunk(index: first / size, firstOffset: first)) }
        do throws(CryptoError) {
            let last = list.count - 1
            let hash = try HashFunction.sha256.digest(of: batch.checksummed)
            list[last].sha256 = try HashFunction.sha256.digest(of: list[last].sha256 + hash)
            list[last].lastOffset = batch.lastOffset
            list[last].batches += 1
            list[last].bytes += Int64(batch.sizeInBytes)
        } catch {
            isWhole = false
        }
    }

    /// Joins the piece that follows, which begins with a chunk of its own.
    mutating func append(_ next: BatchChunks) {
        list += next.list
        isWhole = isWhole && next.isWhole
    }
}

extension StoredBatch {
    /// What its checksum is of.
    fileprivate var checksummed: ArraySlice<UInt8> {
        switch self {
        case .batch(let batch): batch.checksummed
        // Behind offset, size and checksum.
        case .legacy(let message): message.bytes.dropFirst(16)
        }
    }
}

/// The chunks of two copies of a log, side by side.
package struct ChunkPair: Hashable, Sendable {
    /// Nil where the other log alone has it, or the two begin or end in it elsewhere.
    package var source: BatchChunk?
    package var target: BatchChunk?

    package var chunk: BatchChunk? { source ?? target }

    /// False where both logs have the same batches by their checksums, and other bytes.
    package var isSame: Bool {
        guard let source, let target else { return true }
        return source.sha256 == target.sha256
    }

    /// Pairs chunks of equal extent; others stand alone.
    static func pairs(_ source: [BatchChunk], _ target: [BatchChunk]) -> [ChunkPair] {
        var others = Dictionary(target.map { ($0.index, $0) }) { first, _ in first }
        var pairs: [ChunkPair] = []
        for chunk in source {
            if let other = others[chunk.index], chunk.hasExtent(of: other) {
                others[chunk.index] = nil
                pairs.append(ChunkPair(source: chunk, target: other))
            } else {
                pairs.append(ChunkPair(source: chunk, target: nil))
            }
        }
        pairs += others.values.map { ChunkPair(source: nil, target: $0) }
        return pairs.sorted { ($0.chunk?.firstOffset ?? 0) < ($1.chunk?.firstOffset ?? 0) }
    }
}

extension BatchChunk {
    fileprivate func hasExtent(of other: BatchChunk) -> Bool {
        firstOffset == other.firstOffset && lastOffset == other.lastOffset && batches == other.batches
            && bytes == other.bytes
    }
}

/// Walks the batches of a Fetch response's records without looking into them.
///
/// A broker cuts a response where its size ends, so the last batch may be there in part: see ``partialTail``.
/// Checksums of batches are the caller's to verify, so that a scan of headers costs 61 bytes a batch.
package struct BatchCursor: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position = 0
    /// The smallest offset that the next batch may have.
    private var leastOffset: Int64 = 0

    /// Known once ``next()`` has returned nil.
    package private(set) var partialTail: PartialTail?

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The next whole batch, or nil at the end.
    ///
    /// After an error it throws the same again: lengths that do not hold leave no way to find the batch after.
    package mutating func next() throws(RecordsError) -> StoredBatch? {
        guard let unit = try nextUnit() else { return nil }
        let batch: StoredBatch
        do {
            if BigEndian.load(Int8.self, from: unit, at: 16) == 2 {
                batch = .batch(RecordBatch(header: try RecordBatchHeader(unit), bytes: unit, position: position))
            } else {
                batch = .legacy(try LegacyMessage(unit, position: position))
            }
        } catch {
            var error = error
            error.position = position
            throw error
        }
        // The base of a wrapper is inside it; its last offset is a weaker bound that holds for all.
        let first = batch.baseOffset ?? batch.lastOffset
        guard first >= leastOffset else {
            throw RecordsError(
                .offsetOutOfOrder(first, expectedAtLeast: leastOffset), baseOffset: first, position: position)
        }
        leastOffset = batch.nextOffset
        position += unit.count
        return batch
    }

    /// The bytes of the next batch or legacy message, whichever; the two agree on where their length and format are.
    private mutating func nextUnit() throws(RecordsError) -> ArraySlice<UInt8>? {
        let rest = bytes.dropFirst(position)
        guard rest.count >= LegacyMessage.lengthOverhead else {
            partialTail = rest.isEmpty ? nil : PartialTail(position: position, available: rest.count, needed: nil)
            return nil
        }
        let length = Int(BigEndian.load(Int32.self, from: rest, at: 8))
        guard length >= LegacyMessage.smallestSize else {
            let offset = BigEndian.load(Int64.self, from: rest, at: 0)
            throw RecordsError(.impossibleLength(length), baseOffset: offset, position: position)
        }
        let needed = LegacyMessage.lengthOverhead + length
        guard needed <= rest.count else {
            partialTail = PartialTail(position: position, available: rest.count, needed: needed)
            return nil
        }
        return rest.prefix(needed)
    }
}

/// A batch at the end of a response of which only the beginning was sent.
package struct PartialTail: Equatable, Sendable {
    /// Where it begins in the response's records.
    package var position: Int
    package var available: Int
    /// The size of the whole batch; nil where not even its length was sent.
    package var needed: Int?
}

package import KafkaRecords

/// A run of a partition's records, or batches, that ends where its content says so.
///
/// Two logs that hold the same records have the same windows, wherever they begin and however they are batched: after
/// a duplicate, a gap or another start the bounds fall together again at the next record that ends a window.
package struct Window: Hashable, Sendable {
    package var firstOffset: Int64
    /// Of the last record; records that are not data may follow before the next window.
    package var lastOffset: Int64
    /// Records, also where batches were digested.
    package var count: Int64
    package var bytes: Int64
    /// Of the digests in it, in their order.
    package var digest: RecordDigest

    package init(firstOffset: Int64, lastOffset: Int64, count: Int64, bytes: Int64, digest: RecordDigest) {
        self.firstOffset = firstOffset
        self.lastOffset = lastOffset
        self.count = count
        self.bytes = bytes
        self.digest = digest
    }
}

/// Where windows end.
package struct WindowRule: Hashable, Sendable {
    /// A digest whose low bits, under this mask, are all zero ends its window.
    package var mask: UInt64
    /// A window ends at so many, whatever they are: records that are all equal have no other bounds.
    package var limit: Int

    package init(mask: UInt64, limit: Int) {
        self.mask = mask
        self.limit = limit
    }

    /// One record in 4,096 ends a window; part of what a digest means, since two runs must cut alike.
    package static let records = WindowRule(mask: 4095, limit: 65536)
    /// A batch is many records: one in 256.
    package static let batches = WindowRule(mask: 255, limit: 4096)

    @inline(__always)
    func ends(at digest: RecordDigest) -> Bool { digest.low & mask == 0 }
}

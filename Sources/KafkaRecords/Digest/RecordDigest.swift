/// 128 bits that stand for what a record is, wherever and in whatever batch it is stored.
///
/// Equal records have equal digests, and others do not but by a chance that no log is long enough for. It is made to
/// find differences, not to withstand somebody who makes them: for that, records have to be signed where they are made.
package struct RecordDigest: Hashable, Sendable {
    package var low: UInt64
    package var high: UInt64

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}

extension RecordDigest: CustomStringConvertible {
    /// 32 hexadecimal digits, the high half first, as `xxhsum -H2` writes them.
    package var description: String { Self.hex(high) + Self.hex(low) }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// What of a record counts.
package struct DigestPolicy: Hashable, Sendable {
    /// False where the target sets timestamps of its own.
    package var includesTimestamps: Bool
    /// The keys of headers that do not count, such as those by which a replicator marks what it has copied.
    package var ignoredHeaders: Set<[UInt8]>

    package init(includesTimestamps: Bool = true, ignoredHeaders: Set<[UInt8]> = []) {
        self.includesTimestamps = includesTimestamps
        self.ignoredHeaders = ignoredHeaders
    }
}

/// A record, or a batch, of which only the digest is kept.
package struct DigestedRecord: Hashable, Sendable {
    /// Of a batch, its last.
    package var offset: Int64
    package var digest: RecordDigest
    /// Of a record's key, value and headers, as they lie in a batch, or of the whole batch.
    package var size: Int32
    /// How many records it stands for: a batch may hold several.
    package var count: Int32

    package init(offset: Int64, digest: RecordDigest, size: Int, count: Int32 = 1) {
        self.offset = offset
        self.digest = digest
        self.size = Int32(clamping: size)
        self.count = count
    }
}

/// A record of which the parts are kept apart, to say what of it was altered.
package struct RecordFingerprint: Hashable, Sendable {
    package var offset: Int64
    package var digest: RecordDigest
    package var timestamp: Int64
    /// 64 bits of each part; nil for a key or value that is null.
    package var key: UInt64?
    package var value: UInt64?
    package var headers: UInt64
    package var size: Int

    package init(
        offset: Int64, digest: RecordDigest, timestamp: Int64, key: UInt64?, value: UInt64?, headers: UInt64, size: Int
    ) {
        self.offset = offset
        self.digest = digest
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
        self.size = size
    }
}

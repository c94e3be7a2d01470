private import CRecordDigest

/// Digests records: XXH3 of key, value and headers, into which the timestamp is mixed.
///
/// What is hashed is the part of a record from the length of its key on, as batches of format 2 have it: each length
/// stands before its bytes, and null has a length of its own, so that no two records have the same bytes. It lies in
/// the batch in one piece and is hashed there. Offsets, producers and batches do not count.
package struct RecordDigester {
    package let policy: DigestPolicy
    /// Where a record is written anew that is not hashed as it lies.
    private var canonical: [UInt8] = []

    /// The size of the record digested last by ``digest(of:)``, as it is written anew.
    var writtenSize: Int { canonical.count }

    package init(_ policy: DigestPolicy = DigestPolicy()) {
        self.policy = policy
    }

    /// A digest of what others have digested, in order: `words` are the halves of digests, or other numbers.
    package static func digest(of words: [UInt64]) -> RecordDigest {
        unsafe words.withUnsafeBytes { unsafe digest($0) }
    }

    /// The digest of digests, in order: that of their halves, each low one first.
    package static func digest(of digests: [RecordDigest]) -> RecordDigest {
        // Two words, low and high, one after the other, are all there is in a digest.
        unsafe digests.withUnsafeBytes { unsafe digest($0) }
    }

    private static func digest(_ bytes: UnsafeRawBufferPointer) -> RecordDigest {
        let digest = unsafe sluice_digest128(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        return RecordDigest(low: digest.low, high: digest.high)
    }

    /// The digest of words without the widest instructions, to check them against.
    package static func portableDigest(of words: [UInt64]) -> RecordDigest {
        unsafe words.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let digest = unsafe sluice_digest128_portable(start, bytes.count)
            return RecordDigest(low: digest.low, high: digest.high)
        }
    }

    /// The digest of any record; those of a whole batch are digested where they lie.
    package mutating func digest(of record: RecordView) -> RecordDigest {
        write(record)
        return unsafe canonical.withUnsafeBufferPointer { bytes in
            var digest = unsafe sluice_digest128(bytes.baseAddress, bytes.count)
            if policy.includesTimestamps { digest = sluice_digest_stamped(digest, record.timestamp) }
            return RecordDigest(low: digest.low, high: digest.high)
        }
    }

    package mutating func fingerprint(of record: RecordView) -> RecordFingerprint {
        let digest = digest(of: record)
        let size = canonical.count
        // Key and value are hashed alone: the same text in the other place is told by its place.
        let key = record.key.map(Self.hash)
        let value = record.value.map(Self.hash)
        canonical.removeAll(keepingCapacity: true)
        writeHeaders(of: record)
        return RecordFingerprint(
            offset: record.offset, digest: digest, timestamp: record.timestamp, key: key, value: value,
            headers: Self.hash(canonical[...]), size: size)
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        unsafe bytes.withUnsafeBufferPointer { unsafe sluice_digest64($0.baseAddress, $0.count) }
    }

    // MARK: Writing

    private mutating func write(_ record: RecordView) {
        canonical.removeAll(keepingCapacity: true)
        write(record.key)
        write(record.value)
        writeHeaders(of: record)
    }

    private mutating func writeHeaders(of record: RecordView) {
        let ignored = policy.ignoredHeaders
        guard !ignored.isEmpty, record.headers.count > 0 else {
            write(number: record.headers.count)
            for header in record.headers {
                write(header.key)
                write(header.value)
            }
            return
        }
        let kept = record.headers.filter { !ignored.contains(Array($0.key)) }
        write(number: kept.count)
        for header in kept {
            write(header.key)
            write(header.value)
        }
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>?) {
        guard let bytes else { return write(number: -1) }
        write(number: bytes.count)
        canonical.append(contentsOf: bytes)
    }

    /// A zig-zag varint, in as few bytes as it takes.
    private mutating func write(number: Int) {
        var rest = UInt64(bitPattern: Int64(number) << 1 ^ Int64(number) >> 63)
        while rest >= 0x80 {
            canonical.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        canonical.append(UInt8(truncatingIfNeeded: rest))
    }
}

private import CXxhash

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
        let hash = unsafe words.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
        return RecordDigest(low: hash.low64, high: hash.high64)
    }

    /// The digest of any record; see ``digest(_:content:timestamp:)`` for the quick way.
    package mutating func digest(of record: RecordView) -> RecordDigest {
        write(record)
        return unsafe canonical.withUnsafeBytes { bytes in
            unsafe Self.digest(bytes, timestamp: policy.includesTimestamps ? record.timestamp : nil)
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

    /// Whether a record has to be written anew before it is hashed.
    @inline(__always)
    func needsWriting(_ place: RecordView.Place) -> Bool {
        !place.isMinimal || (place.headerCount > 0 && !policy.ignoredHeaders.isEmpty)
    }

    /// The digest of a record whose `content` is as it would be written.
    @inline(__always)
    static func digest(_ content: UnsafeRawBufferPointer, timestamp: Int64?) -> RecordDigest {
        let hash = unsafe XXH3_128bits(content.baseAddress, content.count)
        guard let timestamp else { return RecordDigest(low: hash.low64, high: hash.high64) }
        // The timestamp is not the hash's seed: for short input that is hardly more than added to it, so that a
        // counter and a clock that go up together would cancel out. Each half is moved by a word that differs for
        // every timestamp, so two records agree only if their hashes differ by just that: as likely as any collision.
        let word = mixed(UInt64(bitPattern: timestamp) &+ 0x9E37_79B9_7F4A_7C15)
        return RecordDigest(low: hash.low64 &+ word, high: hash.high64 ^ mixed(word))
    }

    /// SplitMix64's finalizer: one word for each word.
    @inline(__always)
    private static func mixed(_ word: UInt64) -> UInt64 {
        var mixed = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits($0.baseAddress, $0.count) }
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

import KafkaRecords
import Testing

@Suite("A record's digest")
struct RecordDigestTests {
    /// A record as a producer gives it.
    struct Given: Sendable {
        var timestamp: Int64 = 1_700_000_000_000
        var key: [UInt8]? = Array("key".utf8)
        var value: [UInt8]? = Array("value".utf8)
        var headers: [KafkaRecord.Header] = []
    }

    static func batch(
        _ records: [Given], from base: Int64 = 0, codec: CompressionCodec = .none,
        _ change: (inout RecordBatchBuilder.Traits) -> Void = { _ in }
    ) throws -> [UInt8] {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = base
        change(&traits)
        var builder = RecordBatchBuilder(traits, compressor: Compressor(codec))
        for record in records {
            try builder.append(
                timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
        }
        return try builder.build()
    }

    static func digests(
        _ bytes: [UInt8], _ policy: DigestPolicy = DigestPolicy(), from offset: Int64 = 0,
        isolation: IsolationLevel = .readCommitted, aborted: [AbortedTransaction] = []
    ) throws -> (records: [DigestedRecord], summary: ReadSummary) {
        var digester = RecordDigester(policy)
        var records: [DigestedRecord] = []
        let fetched = FetchedRecords(
            bytes[...], from: offset, isolationLevel: isolation, abortedTransactions: aborted)
        let summary = try RecordReader().digest(fetched, with: &digester, into: &records)
        return (records, summary)
    }

    /// The digests of the same records by way of their views, as a slow reader would take them.
    static func slowDigests(_ bytes: [UInt8], _ policy: DigestPolicy = DigestPolicy()) throws -> [RecordDigest] {
        var digester = RecordDigester(policy)
        var digests: [RecordDigest] = []
        _ = try RecordReader().scan(FetchedRecords(bytes[...], from: 0)) { record in
            digests.append(digester.digest(of: record))
            return .proceed
        }
        return digests
    }

    static func random(_ count: Int, seed: UInt64) -> [Given] {
        var random = SeededRandom(seed)
        func bytes(_ most: Int) -> [UInt8]? {
            Int.random(in: 0..<8, using: &random) == 0
                ? nil : (0..<Int.random(in: 0...most, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        }
        return (0..<count).map { index in
            var given = Given()
            given.timestamp += Int64(index) * Int64.random(in: -3...9, using: &random)
            given.key = bytes(20)
            given.value = bytes(400)
            given.headers = (0..<Int.random(in: 0...3, using: &random)).map { number in
                KafkaRecord.Header(key: Array("h\(number)".utf8), value: bytes(30))
            }
            return given
        }
    }

    @Test("the batch, its codec and its offsets do not count", arguments: [1, 7, 100])
    func layout(perBatch: Int) throws {
        let records = Self.random(200, seed: 11)
        let expected = try Self.digests(Self.batch(records)).records.map(\.digest)
        #expect(expected.count == 200)
        for codec: CompressionCodec in [.none, .gzip, .snappy, .lz4, .zstd] {
            var bytes: [UInt8] = []
            var base: Int64 = 5000
            for start in stride(from: 0, to: records.count, by: perBatch) {
                let part = Array(records[start..<min(records.count, start + perBatch)])
                bytes += try Self.batch(part, from: base, codec: codec) { $0.producerId = 9 }
                base += Int64(part.count) + 3
            }
            #expect(try Self.digests(bytes).records.map(\.digest) == expected)
        }
    }

    @Test("taken where the record lies it is the one of the record written anew")
    func fastEqualsSlow() throws {
        let bytes = try Self.batch(Self.random(500, seed: 3))
        for policy in [DigestPolicy(), DigestPolicy(includesTimestamps: false)] {
            #expect(try Self.digests(bytes, policy).records.map(\.digest) == Self.slowDigests(bytes, policy))
        }
    }

    @Test("records of every size, and far apart in time, have the digests of the same records written anew")
    func sizes() throws {
        var records = (0..<1200).map { Given(value: [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0)) }
        // Differences of more than four bytes, and a value that is longer than any block that is hashed at a time.
        records.insert(Given(timestamp: 1), at: 600)
        records.append(Given(timestamp: 1_900_000_000_000))
        records.append(Given(value: (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }))
        let bytes = try Self.batch(records)
        let found = try Self.digests(bytes).records
        #expect(found.map(\.digest) == (try Self.slowDigests(bytes)))
        #expect(found.map(\.offset) == (0..<1203).map(Int64.init))
        #expect(try Self.digests(Self.batch(records, codec: .lz4)).records == found)
    }

    @Test("wide instructions and plain ones agree at every length, and digests are hashed as their halves are")
    func paths() {
        var random = SeededRandom(5)
        let words = (0..<1000).map { _ in UInt64.random(in: 0...(.max), using: &random) }
        for count in Array(0...200) + [255, 256, 257, 511, 512, 513, 999] {
            let words = Array(words[..<count])
            #expect(RecordDigester.digest(of: words) == RecordDigester.portableDigest(of: words))
            let pairs = stride(from: 0, to: count - 1, by: 2).map { RecordDigest(low: words[$0], high: words[$0 + 1]) }
            #expect(RecordDigester.digest(of: pairs) == RecordDigester.digest(of: Array(words[..<(count / 2 * 2)])))
        }
    }

    @Test("the time of the leader counts for all records where it has set it")
    func leadersTime() throws {
        let bytes = try Self.batch([Given(), Given(timestamp: 5)]) { $0.timestampType = .logAppendTime }
        let found = try Self.digests(bytes).records.map(\.digest)
        #expect(found == (try Self.slowDigests(bytes)))
        #expect(found[0] == found[1])
    }

    @Test("every part counts, and null is not empty")
    func parts() throws {
        var records = [Given()]
        for (key, value): ([UInt8]?, [UInt8]?) in [
            (nil, nil), ([], nil), (nil, []), ([], []), ([1], nil), (nil, [1]), ([1], []), ([], [1]), ([1, 2], [3]),
            ([1], [2, 3]), ([], [1, 2, 3]),
        ] {
            records.append(Given(key: key, value: value))
        }
        records.append(Given(timestamp: 1_700_000_000_001))
        for headers: [KafkaRecord.Header] in [
            [.init(key: [1], value: nil)], [.init(key: [1], value: [])], [.init(key: [], value: [1])],
            [.init(key: [1], value: [2]), .init(key: [3], value: [4])],
            [.init(key: [3], value: [4]), .init(key: [1], value: [2])],
            [.init(key: [1], value: [2, 3]), .init(key: [], value: [4])],
        ] {
            records.append(Given(headers: headers))
        }
        let digests = try Self.digests(Self.batch(records)).records.map(\.digest)
        #expect(Set(digests).count == records.count)
    }

    @Test("a counter and a clock that go up together do not cancel out")
    func counters() throws {
        let records = (0..<3000).map { number in
            let value = Int32(3000 - number)
            return Given(
                timestamp: 1_700_000_000_000 + Int64(number), key: nil,
                value: (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
        }
        let digests = try Self.digests(Self.batch(records)).records.map(\.digest)
        #expect(Set(digests).count == records.count)
        #expect(Set(digests.map(\.low)).count == records.count)
    }

    @Test("headers that are ignored do not count, the others do, in their order")
    func ignoredHeaders() throws {
        let mark = KafkaRecord.Header(key: Array("__mskmr".utf8), value: [1])
        let one = KafkaRecord.Header(key: [1], value: [1])
        let two = KafkaRecord.Header(key: [2], value: [2])
        let policy = DigestPolicy(ignoredHeaders: [Array("__mskmr".utf8)])
        let lists = [[], [mark], [one, two], [mark, one, two], [one, mark, two, mark], [two, one]]
        let bytes = try Self.batch(lists.map { Given(headers: $0) })
        let digests = try Self.digests(bytes, policy).records.map(\.digest)
        #expect(digests[0] == digests[1])
        #expect(digests[2] == digests[3])
        #expect(digests[2] == digests[4])
        #expect(Set(digests).count == 3)
        #expect(Set(try Self.digests(bytes).records.map(\.digest)).count == 6)
        #expect(try Self.slowDigests(bytes, policy) == digests)
    }

    @Test("without timestamps two records that differ in them alone are equal")
    func timestamps() throws {
        let bytes = try Self.batch([Given(timestamp: 5), Given(timestamp: 6)])
        #expect(Set(try Self.digests(bytes).records.map(\.digest)).count == 2)
        #expect(Set(try Self.digests(bytes, DigestPolicy(includesTimestamps: false)).records.map(\.digest)).count == 1)
    }

    @Test("lengths in more bytes than they need make no other record")
    func overlongVarint() throws {
        var bytes = try Self.batch([Given(key: [7], value: [8])])
        let plain = try Self.digests(bytes).records.map(\.digest)
        // length 8, attributes, two deltas, then the key's length: 02 becomes 82 00, and the record a byte longer.
        let record = 61
        #expect(Array(bytes[record...]) == [0x10, 0, 0, 0, 0x02, 7, 0x02, 8, 0])
        bytes.replaceSubrange(record + 4..<record + 5, with: [0x82, 0x00])
        bytes[record] = 0x12
        bytes[11] += 1
        let crc = Checksum.crc32c(bytes[21...])
        for index in 0..<4 { bytes[17 + index] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(index))) }
        #expect(try Self.digests(bytes).records.map(\.digest) == plain)
    }

    @Test("records of markers, of aborted transactions and below the offset asked for are left out")
    func filters() throws {
        var bytes = try Self.batch([Given(), Given(), Given()], from: 10)
        bytes += try Self.batch([Given(key: [1]), Given(key: [2])], from: 13) {
            $0.producerId = 4
            $0.isTransactional = true
        }
        bytes += try Self.batch([Given(key: [0, 0, 0, 0], value: [0, 0, 0, 0, 0, 0])], from: 15) {
            $0.producerId = 4
            $0.isTransactional = true
            $0.isControl = true
        }
        bytes += try Self.batch([Given(key: [3])], from: 16)
        let aborted = [AbortedTransaction(producerId: 4, firstOffset: 13)]
        let found = try Self.digests(bytes, from: 11, aborted: aborted)
        #expect(found.records.map(\.offset) == [11, 12, 16])
        #expect(found.summary.abortedRecords == 2)
        #expect(found.summary.controlRecords == 1)
        #expect(found.summary.dataRecords == 3)
        #expect(found.summary.nextOffset == 17)
        let open = try Self.digests(bytes, from: 11, isolation: .readUncommitted, aborted: aborted)
        #expect(open.records.map(\.offset) == [11, 12, 13, 14, 16])
    }

    @Test("a batch with one byte wrong is an error, and what came before it is kept")
    func corruption() throws {
        let first = try Self.batch([Given()])
        var bytes = first + (try Self.batch([Given()], from: 1))
        bytes[bytes.count - 2] ^= 1
        var digester = RecordDigester()
        var records: [DigestedRecord] = []
        #expect(throws: RecordsError.self) {
            _ = try RecordReader().digest(FetchedRecords(bytes[...], from: 0), with: &digester, into: &records)
        }
        #expect(records.map(\.offset) == [0])
    }

    @Test("no bytes whatever make it trap, and the quick way fails where the slow one does")
    func hostile() throws {
        var random = SeededRandom(99)
        let clean = try Self.batch(Self.random(20, seed: 8))
        for _ in 0..<3000 {
            var bytes = clean
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 53..<bytes.count, using: &random)
                bytes[index] = .random(in: 0...255, using: &random)
            }
            // With the checksum made right, the lies reach the records.
            let crc = Checksum.crc32c(bytes[21...])
            for index in 0..<4 { bytes[17 + index] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(index))) }
            let quick = try? Self.digests(bytes).records.map(\.digest)
            let slow = try? Self.slowDigests(bytes)
            #expect(quick == slow)
        }
    }

    @Test("a legacy message has the digest of the same record in a batch")
    func legacy() throws {
        let legacy = try Self.digests(KafkaFixtures.v1Gzip).records
        #expect(!legacy.isEmpty)
        var records: [Given] = []
        _ = try RecordReader().scan(FetchedRecords(KafkaFixtures.v1Gzip[...], from: 0)) { record in
            records.append(
                Given(
                    timestamp: record.timestamp, key: record.key.map(Array.init), value: record.value.map(Array.init)))
            return .proceed
        }
        #expect(try Self.digests(Self.batch(records)).records.map(\.digest) == legacy.map(\.digest))
        #expect(try Self.digests(Self.batch(records)).records.map(\.size) == legacy.map(\.size))
    }

    @Test("a fingerprint tells which part differs")
    func fingerprints() throws {
        let header = [KafkaRecord.Header(key: [1], value: [2])]
        let records = [
            Given(), Given(key: [1]), Given(value: [1]), Given(headers: header), Given(timestamp: 1), Given(key: nil),
        ]
        var digester = RecordDigester()
        var found: [RecordFingerprint] = []
        _ = try RecordReader().scan(FetchedRecords(Self.batch(records)[...], from: 0)) { record in
            found.append(digester.fingerprint(of: record))
            return .proceed
        }
        #expect(found.map { $0.key == found[0].key } == [true, false, true, true, true, false])
        #expect(found.map { $0.value == found[0].value } == [true, true, false, true, true, true])
        #expect(found.map { $0.headers == found[0].headers } == [true, true, true, false, true, true])
        #expect(found.map { $0.timestamp == found[0].timestamp } == [true, true, true, true, false, true])
        #expect(found[5].key == nil)
        #expect(found.map(\.digest) == (try Self.digests(Self.batch(records)).records.map(\.digest)))
    }

    @Test("it is XXH3 of the record as Kafka writes it")
    func known() throws {
        // The bytes 06 "key" 0a "value" 00 and the library's own function, called from C.
        let digest = try Self.digests(Self.batch([Given()]), DigestPolicy(includesTimestamps: false)).records[0].digest
        #expect(digest.description == "f1638a9f0c92d38fd06d3932d31481a9")
    }
}

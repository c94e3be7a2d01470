import KafkaRecords
import Testing

@Suite("BatchCursor")
struct BatchCursorTests {
    private func walk(_ bytes: [UInt8]) throws(RecordsError) -> (batches: [StoredBatch], tail: PartialTail?) {
        var cursor = BatchCursor(bytes[...])
        var batches: [StoredBatch] = []
        while let batch = try cursor.next() { batches.append(batch) }
        return (batches, cursor.partialTail)
    }

    @Test("one response may mix all formats")
    func mixed() throws {
        var second = KafkaFixtures.v1Gzip
        var third = KafkaFixtures.v2Zstd
        second = patched(second, at: 0, Int64(211))
        third = patched(third, at: 0, Int64(300))
        let walked = try walk(KafkaFixtures.v0Gzip + second + third)
        #expect(walked.batches.map(\.magic) == [0, 1, 2])
        #expect(walked.batches.map(\.lastOffset) == [111, 211, 311])
        #expect(walked.batches.map(\.baseOffset) == [nil, nil, 300])
        #expect(walked.batches.map(\.recordCount) == [nil, nil, 12])
        #expect(walked.batches.map(\.codec) == [.gzip, .gzip, .zstd])
        #expect(
            walked.batches.map(\.sizeInBytes).reduce(0, +) == KafkaFixtures.v0Gzip.count + second.count + third.count)
        #expect(walked.tail == nil)
    }

    @Test("plain legacy messages are batches of one")
    func legacy() throws {
        let walked = try walk(KafkaFixtures.v1None)
        #expect(walked.batches.map(\.baseOffset) == (100..<112).map { Int64?($0) })
        #expect(walked.batches.allSatisfy { $0.recordCount == 1 && $0.producerId == -1 && !$0.isControl })
        #expect(walked.batches.map(\.maxTimestamp) == (0..<12).map(FixtureRecord.timestamp))
    }

    @Test("every prefix gives the whole batches in it and says what is missing of the next")
    func prefixes() throws {
        let first = KafkaFixtures.v2Gzip
        let second = patched(KafkaFixtures.v2Zstd, at: 0, Int64(112))
        let bytes = first + second
        for count in 0..<bytes.count {
            let walked = try walk(Array(bytes.prefix(count)))
            #expect(walked.batches.count == (count < first.count ? 0 : 1))
            let start = count < first.count ? 0 : first.count
            let available = count - start
            let size = start == 0 ? first.count : second.count
            #expect((walked.tail == nil) == (available == 0))
            guard let tail = walked.tail else { continue }
            #expect(tail.position == start && tail.available == available)
            #expect(tail.needed == (available < 12 ? nil : size))
        }
    }

    @Test("lengths that cannot be are errors with their place, again and again", arguments: [13, 0, -1, Int32.min])
    func lengths(length: Int32) {
        let first = KafkaFixtures.v2Gzip
        let bytes = first + patched(patched(KafkaFixtures.v2Zstd, at: 0, Int64(112)), at: 8, length)
        var cursor = BatchCursor(bytes[...])
        #expect(throws: Never.self) { try cursor.next() }
        for _ in 0..<2 {
            #expect(throws: RecordsError(.impossibleLength(Int(length)), baseOffset: 112, position: first.count)) {
                try cursor.next()
            }
        }
    }

    @Test("a format that does not exist is an error with its place", arguments: [3, 127, -1] as [Int8])
    func format(magic: Int8) {
        #expect(throws: RecordsError(.unsupportedFormat(magic), baseOffset: 100)) {
            try walk(patched(KafkaFixtures.v2None, at: 16, magic))
        }
    }

    @Test("a batch that begins before the last one ended is an error")
    func overlap() throws {
        let next = patched(KafkaFixtures.v2Gzip, at: 0, Int64(112))
        #expect(try walk(KafkaFixtures.v2None + next).batches.count == 2)
        let overlapping = patched(KafkaFixtures.v2Gzip, at: 0, Int64(111))
        #expect(
            throws: RecordsError(
                .offsetOutOfOrder(111, expectedAtLeast: 112), baseOffset: 111, position: KafkaFixtures.v2None.count)
        ) { try walk(KafkaFixtures.v2None + overlapping) }
    }

    @Test("a slice is walked from where it starts")
    func slices() throws {
        let bytes = [1, 2, 3] + KafkaFixtures.v2None + [4]
        var cursor = BatchCursor(bytes[3..<bytes.count - 1])
        #expect(try cursor.next()?.sizeInBytes == KafkaFixtures.v2None.count)
        let end = try cursor.next()
        #expect(end?.magic == nil)
    }
}

import KafkaRecords
import Testing

@Suite("RecordCursor")
struct RecordCursorTests {
    @Test(
        "Kafka's own batches are read, with every codec",
        arguments: [
            KafkaFixtures.v2None, KafkaFixtures.v2Gzip, KafkaFixtures.v2Snappy, KafkaFixtures.v2Lz4,
            KafkaFixtures.v2Zstd, KafkaFixtures.v2DeleteHorizon, KafkaFixtures.v2Idempotent,
        ])
    func batches(bytes: [UInt8]) throws {
        let result = try read(bytes)
        #expect(FixtureRecord.matches(result.records))
        #expect(result.records.allSatisfy { $0.timestampType == .createTime && $0.magic == 2 })
        #expect(result.summary.nextOffset == 112)
    }

    @Test(
        "batches of several compressed blocks are read",
        arguments: [KafkaFixtures.v2SnappyBlocks, KafkaFixtures.v2Lz4Blocks])
    func blocks(bytes: [UInt8]) throws {
        #expect(FixtureRecord.matches(try read(bytes).records, count: 40, repeats: 50))
    }

    @Test("with LogAppendTime all records have the batch's greatest timestamp")
    func logAppendTime() throws {
        let result = try read(KafkaFixtures.v2LogAppendTime)
        #expect(FixtureRecord.matches(result.records, timestamp: { _ in FixtureRecord.logAppendTime }))
        #expect(result.records.allSatisfy { $0.timestampType == .logAppendTime })
    }

    @Test("gaps that compaction left stay")
    func gaps() throws {
        #expect(FixtureRecord.matches(try read(KafkaFixtures.v2Gaps).records, step: 3))
    }

    @Test("an empty batch has no records and the next offset of those it had")
    func empty() throws {
        let result = try read(KafkaFixtures.v2Empty)
        #expect(result.records.isEmpty)
        #expect(result.summary.batches == 1)
        #expect(result.summary.nextOffset == 112)
    }

    /// A batch of format 2 around hand-made record bytes.
    private func batch(
        _ payload: [UInt8], count: Int32 = 1, lastOffsetDelta: Int32 = 9, baseTimestamp: Int64 = 1000
    ) -> [UInt8] {
        var bytes = Array(KafkaFixtures.v2None.prefix(61)) + payload
        bytes = patched(bytes, at: 8, Int32(bytes.count - 12))
        bytes = patched(bytes, at: 23, lastOffsetDelta)
        bytes = patched(bytes, at: 27, baseTimestamp)
        return patched(bytes, at: 57, count)
    }

    @Test("hand-made bytes: lengths, deltas, null and empty are read by the letter")
    func handMade() throws {
        // length 13, attributes, timestamp +2, offset +1, key "k", value null, one header "h" = ""
        let first: [UInt8] = [20, 0, 4, 2, 2, 0x6B, 1, 2, 2, 0x68, 0]
        // length 6, attributes, timestamp -3, offset +7, key null, value empty, no headers
        let second: [UInt8] = [12, 0, 5, 14, 1, 0, 0]
        let records = try read(batch(first + second, count: 2)).records
        #expect(records.map(\.offset) == [101, 107])
        #expect(records.map(\.timestamp) == [1002, 997])
        #expect(records.map(\.key) == [[0x6B], nil])
        #expect(records.map(\.value) == [nil, []])
        #expect(records.map(\.headers) == [[KafkaRecord.Header(key: [0x68], value: [])], []])
    }

    /// The smallest record: no key, no value, no headers.
    private func record(offsetDelta: UInt8) -> [UInt8] { [12, 0, 0, offsetDelta << 1, 1, 1, 0] }

    @Test("a count that lies is an error, in either direction")
    func count() {
        let two = record(offsetDelta: 0) + record(offsetDelta: 1)
        #expect(reason { _ = try read(batch(two, count: 2)) } == nil)
        #expect(reason { _ = try read(batch(two, count: 1)) } == .trailingBytes(7))
        #expect(reason { _ = try read(batch(two, count: 3)) } == .recordCount(declared: 3, found: 2))
        #expect(reason { _ = try read(batch(two, count: 0)) } == .trailingBytes(14))
    }

    @Test("offsets that do not rise, or leave the batch, are errors with the record's number")
    func offsets() {
        let equal = batch(record(offsetDelta: 1) + record(offsetDelta: 1), count: 2)
        #expect(throws: RecordsError(.offsetDelta(1, allowed: 2...9), baseOffset: 100, record: 1, position: 7)) {
            try read(equal)
        }
        #expect(reason { _ = try read(batch([12, 0, 0, 1, 1, 1, 0])) } == .offsetDelta(-1, allowed: 0...9))
        #expect(reason { _ = try read(batch(record(offsetDelta: 9))) } == nil)
        #expect(reason { _ = try read(batch(record(offsetDelta: 10))) } == .offsetDelta(10, allowed: 0...9))
    }

    @Test("a timestamp that does not fit is an error, not a trap")
    func timestamps() {
        let plusOne = batch([12, 0, 2, 0, 1, 1, 0], baseTimestamp: .max)
        #expect(reason { _ = try read(plusOne) } == .overflow)
        let plusNothing = batch([12, 0, 0, 0, 1, 1, 0], baseTimestamp: .max)
        #expect(reason { _ = try read(plusNothing) } == nil)
        let least = [UInt8](repeating: 0xFF, count: 9) + [0x01]
        #expect(reason { _ = try read(batch([30, 0] + least + [0, 1, 1, 0], baseTimestamp: -1)) } == .overflow)
    }

    @Test(
        "lengths that lie are errors",
        arguments: [
            ([1], .impossibleLength(-1)),  // record length -1
            ([14, 0, 0, 0, 1, 1, 0], .truncated(needed: 7, available: 6)),
            ([10, 0, 0, 0, 1, 1, 0], .truncated(needed: 1, available: 0)),  // ends before its headers
            ([14, 0, 0, 0, 1, 1, 0, 0], .trailingBytes(1)),
            ([12, 0, 0, 0, 3, 1, 0], .impossibleLength(-2)),  // key
            ([12, 0, 0, 0, 1, 3, 0], .impossibleLength(-2)),  // value
            ([12, 0, 0, 0, 1, 1, 1], .impossibleLength(-1)),  // number of headers
            ([12, 0, 0, 0, 1, 1, 2], .impossibleLength(1)),  // a header, and no bytes for it
            ([16, 0, 0, 0, 1, 1, 2, 1, 1], .impossibleLength(-1)),  // a null header key
            ([16, 0, 0, 0, 1, 1, 2, 0, 3], .impossibleLength(-2)),  // a header's value
            ([12, 0, 0, 0, 8, 1, 0], .truncated(needed: 4, available: 2)),
        ] as [([UInt8], RecordsError.Reason)])
    func lengths(payload: [UInt8], expected: RecordsError.Reason) {
        #expect(reason { _ = try read(batch(payload)) } == expected)
    }

    @Test("varints longer than their type, or of more bits than it has, are errors")
    func varints() {
        let tooLong: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0]
        let tooMany: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x1F]
        for length in [tooLong, tooMany] {
            #expect(reason { _ = try read(batch(length)) } == .malformedVarint)
        }
        let timestamp = [UInt8](repeating: 0x80, count: 9) + [0x02]
        #expect(reason { _ = try read(batch([30, 0] + timestamp + [0, 1, 1, 0])) } == .malformedVarint)
        #expect(reason { _ = try read(batch([0x80])) } == .truncated(needed: 1, available: 0))
    }

    @Test("after an error the cursor throws it again")
    func sticky() throws {
        let bytes = batch(record(offsetDelta: 0) + record(offsetDelta: 0), count: 2)
        var batches = BatchCursor(bytes[...])
        guard case .batch(let stored)? = try batches.next() else { return #expect(Bool(false), "no batch") }
        var cursor = try RecordCursor(stored, using: Decompressor())
        #expect(try cursor.next()?.offset == 100)
        for _ in 0..<2 { #expect(throws: RecordsError.self) { try cursor.advance() } }
    }
}

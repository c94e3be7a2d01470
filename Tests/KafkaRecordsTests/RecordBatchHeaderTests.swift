import KafkaRecords
import Testing

@Suite("RecordBatchHeader")
struct RecordBatchHeaderTests {
    private let bytes = KafkaFixtures.v2Idempotent

    @Test("each field is where Kafka writes it")
    func fields() throws {
        let header = try RecordBatchHeader(bytes[...])
        #expect(header.baseOffset == 100)
        #expect(header.sizeInBytes == bytes.count)
        #expect(header.partitionLeaderEpoch == 9)
        #expect(header.magic == 2)
        #expect(header.codec == .none)
        #expect(header.timestampType == .createTime)
        #expect(!header.isTransactional && !header.isControl && !header.hasDeleteHorizon)
        #expect(header.lastOffsetDelta == 11)
        #expect(header.baseTimestamp == FixtureRecord.timestamp(0))
        #expect(header.maxTimestamp == FixtureRecord.timestamp(11))
        #expect(header.producerId == 4000)
        #expect(header.producerEpoch == 3)
        #expect(header.baseSequence == 17)
        #expect(header.recordCount == 12)
        #expect(header.lastOffset == 111)
        #expect(header.nextOffset == 112)
        #expect(header.deleteHorizonMs == nil)
    }

    @Test("a delete horizon stands in the place of the base timestamp")
    func deleteHorizon() throws {
        let header = try RecordBatchHeader(KafkaFixtures.v2DeleteHorizon[...])
        #expect(header.deleteHorizonMs == FixtureRecord.baseTimestamp + 86_400_000)
    }

    @Test(
        "attributes name the codec",
        arguments: [
            (KafkaFixtures.v2None, CompressionCodec.none), (KafkaFixtures.v2Gzip, .gzip),
            (KafkaFixtures.v2Snappy, .snappy), (KafkaFixtures.v2Lz4, .lz4), (KafkaFixtures.v2Zstd, .zstd),
        ])
    func codec(bytes: [UInt8], codec: CompressionCodec) throws {
        #expect(try RecordBatchHeader(bytes[...]).codec == codec)
    }

    @Test("the next offset fits up to the last that can be, and one more is an error")
    func offsetLimits() throws {
        let last = try RecordBatchHeader(patched(bytes, at: 0, Int64.max - 12)[...])
        #expect(last.lastOffset == .max - 1)
        #expect(last.nextOffset == .max)
        for base in [Int64.max - 11, .max - 5, .max] {
            #expect(reason { _ = try RecordBatchHeader(patched(bytes, at: 0, base)[...]) } == .overflow)
        }
    }

    @Test("a negative base offset is an error that names it")
    func negativeOffset() {
        #expect(throws: RecordsError(.overflow, baseOffset: -1)) {
            try RecordBatchHeader(patched(bytes, at: 0, Int64(-1))[...])
        }
    }

    @Test("impossible fields are errors")
    func impossible() {
        let header = { (bytes: [UInt8]) in reason { _ = try RecordBatchHeader(bytes[...]) } }
        #expect(header(Array(bytes.prefix(60))) == .truncated(needed: 61, available: 60))
        #expect(header(patched(bytes, at: 8, Int32(48))) == .impossibleLength(48))
        #expect(header(patched(bytes, at: 8, Int32.min)) == .impossibleLength(Int(Int32.min)))
        #expect(header(patched(bytes, at: 16, Int8(3))) == .unsupportedFormat(3))
        #expect(header(patched(bytes, at: 21, Int16(5))) == .unknownCodec(5))
        #expect(header(patched(bytes, at: 23, Int32(-1))) == .offsetDelta(-1, allowed: 0...Int64(Int32.max)))
        #expect(header(patched(bytes, at: 57, Int32(-1))) == .recordCount(declared: -1, found: 12))
        #expect(header(patched(bytes, at: 57, Int32(13))) == .recordCount(declared: 13, found: 12))
    }
}

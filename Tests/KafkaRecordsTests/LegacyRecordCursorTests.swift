import KafkaRecords
import Testing

@Suite("LegacyRecordCursor")
struct LegacyRecordCursorTests {
    @Test(
        "Kafka's own message sets of format 1 are read, with every codec they had",
        arguments: [KafkaFixtures.v1None, KafkaFixtures.v1Gzip, KafkaFixtures.v1Snappy, KafkaFixtures.v1Lz4])
    func format1(bytes: [UInt8]) throws {
        let result = try read(bytes)
        #expect(FixtureRecord.matches(result.records, hasHeaders: false))
        #expect(result.records.allSatisfy { $0.timestampType == .createTime && $0.magic == 1 && $0.producerId == -1 })
        #expect(result.summary.nextOffset == 112)
    }

    @Test(
        "Kafka's own message sets of format 0 are read, LZ4's wrong header checksum included",
        arguments: [KafkaFixtures.v0None, KafkaFixtures.v0Gzip, KafkaFixtures.v0Snappy, KafkaFixtures.v0Lz4])
    func format0(bytes: [UInt8]) throws {
        let result = try read(bytes)
        #expect(FixtureRecord.matches(result.records, timestamp: { _ in -1 }, hasHeaders: false))
        #expect(result.records.allSatisfy { $0.timestampType == .noTimestamp && $0.magic == 0 })
    }

    @Test(
        "with LogAppendTime the wrapper's timestamp counts",
        arguments: [KafkaFixtures.v1LogAppendTime, KafkaFixtures.v1GzipLogAppendTime])
    func logAppendTime(bytes: [UInt8]) throws {
        let result = try read(bytes)
        let matches = FixtureRecord.matches(
            result.records, timestamp: { _ in FixtureRecord.logAppendTime }, hasHeaders: false)
        #expect(matches)
        #expect(result.records.allSatisfy { $0.timestampType == .logAppendTime })
    }

    @Test("gaps between wrapped messages stay")
    func gaps() throws {
        #expect(FixtureRecord.matches(try read(KafkaFixtures.v1Gaps).records, step: 3, hasHeaders: false))
    }

    @Test("messages below the fetch offset are left out of a wrapper")
    func fetchOffset() throws {
        let result = try read(KafkaFixtures.v1Gzip, from: 105)
        #expect(result.records.map(\.offset) == Array(105...111))
    }

    @Test("a flipped byte in a plain message or a wrapper fails its checksum, with the offset")
    func checksum() {
        for (bytes, offset) in [(KafkaFixtures.v1None, 100), (KafkaFixtures.v0Gzip, 111)] as [([UInt8], Int64)] {
            var bytes = bytes
            bytes[20] ^= 1
            let error = #expect(throws: RecordsError.self) { try read(bytes) }
            #expect(error?.kind == .checksum)
            #expect(error?.baseOffset == offset)
        }
    }

    /// A message of format 1 with the right checksum.
    private func message(offset: Int64, attributes: UInt8 = 0, magic: UInt8 = 1, value: [UInt8]?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 12) + [0, 0, 0, 0, magic, attributes]
        if magic == 1 { bytes += [UInt8](repeating: 0, count: 8) }
        bytes += [0xFF, 0xFF, 0xFF, 0xFF]
        let length = value.map { Int32($0.count) } ?? -1
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + (value ?? [])
        let size = Int32(bytes.count - 12)
        return patched(patched(bytes, at: 8, size), at: 0, offset)
    }

    private func wrapper(offset: Int64, of inner: [UInt8]) throws -> [UInt8] {
        message(offset: offset, attributes: 1, value: try Compressor(.gzip).compress(inner[...]))
    }

    @Test("relative offsets count back from the wrapper's")
    func relative() throws {
        let inner = message(offset: 0, value: [1]) + message(offset: 4, value: [2])
        #expect(try read(wrapper(offset: 50, of: inner)).records.map(\.offset) == [46, 50])
    }

    @Test("relative offsets that would be negative, fall, or do not fit are errors")
    func badRelative() throws {
        let bad: [(wrapper: Int64, inner: [Int64])] = [
            (3, [0, 4]), (50, [4, 0]), (50, [2, 2]), (50, [-1, 0]), (50, [.max - 1, 0]), (.max - 1, [.min]),
        ]
        for (offset, inner) in bad {
            let bytes = try wrapper(offset: offset, of: inner.flatMap { message(offset: $0, value: [1]) })
            #expect(throws: RecordsError.self, "\(inner) in \(offset)") { try read(bytes) }
        }
    }

    @Test("a wrapper of nothing, of null, of a wrapper, or of another format is an error")
    func badWrappers() throws {
        #expect(reason { _ = try read(message(offset: 5, attributes: 1, value: nil)) } == .malformedWrapper)
        #expect(reason { _ = try read(wrapper(offset: 5, of: [])) } == .malformedWrapper)
        let nested = try wrapper(offset: 0, of: message(offset: 0, value: [1]))
        #expect(reason { _ = try read(wrapper(offset: 5, of: nested)) } == .malformedWrapper)
        let other = message(offset: 0, magic: 0, value: [1])
        #expect(reason { _ = try read(wrapper(offset: 5, of: other)) } == .malformedWrapper)
        let cut = message(offset: 0, value: [1]) + message(offset: 1, value: [2]).dropLast()
        #expect(reason { _ = try read(wrapper(offset: 5, of: cut)) } == .truncated(needed: 35, available: 34))
    }

    @Test("zstd, which came with format 2, and offsets at the end of all numbers are errors")
    func impossible() {
        #expect(reason { _ = try read(message(offset: 5, attributes: 4, value: [1])) } == .unknownCodec(4))
        #expect(reason { _ = try read(message(offset: .max, value: [1])) } == .overflow)
        #expect(reason { _ = try read(message(offset: -1, value: [1])) } == .overflow)
    }

    @Test("lengths of key and value that do not fit the message are errors")
    func lengths() {
        let plain = message(offset: 5, value: [1])
        #expect(reason { _ = try read(patched(plain, at: 26, Int32(-2))) } == .impossibleLength(-2))
        #expect(
            reason { _ = try read(patched(plain, at: 26, Int32.max)) }
                == .truncated(needed: Int(Int32.max), available: 5))
        #expect(reason { _ = try read(patched(plain, at: 30, Int32(0))) } == .trailingBytes(1))
    }
}

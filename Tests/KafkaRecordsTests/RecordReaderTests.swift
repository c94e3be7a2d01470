import KafkaRecords
import Testing

@Suite("RecordReader")
struct RecordReaderTests {
    private let transactions = KafkaFixtures.v2Transactions
    private let aborted = [AbortedTransaction(producerId: 4000, firstOffset: 100)]

    @Test("read_committed drops what was aborted, up to the marker and no further")
    func readCommitted() throws {
        let result = try read(transactions, isolationLevel: .readCommitted, abortedTransactions: aborted)
        #expect(result.records.map(\.offset) == [103, 104, 106, 107, 110, 111])
        #expect(result.records.map(\.producerId) == [5000, 5000, 4000, 4000, -1, -1])
        #expect(result.records.map(\.isTransactional) == [true, true, true, true, false, false])
        #expect(result.summary.dataRecords == 6)
        #expect(result.summary.abortedRecords == 3)
        #expect(result.summary.controlRecords == 3)
        #expect(result.summary.nextOffset == 112)
    }

    @Test("read_uncommitted keeps what was aborted, and still no markers")
    func readUncommitted() throws {
        let result = try read(transactions, abortedTransactions: aborted)
        #expect(result.records.map(\.offset) == [100, 101, 102, 103, 104, 106, 107, 110, 111])
        #expect(result.summary.abortedRecords == 0)
        #expect(result.summary.controlRecords == 3)
    }

    @Test("a producer that aborts twice is dropped twice, whatever the order of the list")
    func abortedTwice() throws {
        var log: [UInt8] = []
        for first in [0, 3, 6] as [Int64] {
            var traits = RecordBatchBuilder.Traits()
            traits.baseOffset = first
            traits.producerId = 7
            traits.isTransactional = true
            var builder = RecordBatchBuilder(traits)
            for _ in 0..<2 { try builder.append(timestamp: 1, key: nil, value: [1]) }
            log += try builder.build()
            traits.baseOffset = first + 2
            log += try RecordBatchBuilder.endTransaction(
                traits, committed: first == 3, coordinatorEpoch: 1, timestamp: 1)
        }
        let aborted = [6, 0].map { AbortedTransaction(producerId: 7, firstOffset: $0) }
        let result = try read(log, isolationLevel: .readCommitted, abortedTransactions: aborted)
        #expect(result.records.map(\.offset) == [3, 4])
        #expect(result.summary.abortedRecords == 4)
    }

    @Test("a marker below the fetch offset ends its transaction and is not counted")
    func markerBelow() throws {
        let result = try read(
            transactions, from: 106, isolationLevel: .readCommitted, abortedTransactions: aborted)
        #expect(result.records.map(\.offset) == [106, 107, 110, 111])
        #expect(result.summary.controlRecords == 2)
        #expect(result.summary.abortedRecords == 0)
    }

    @Test("where only markers remain there are no records, and reading goes on behind them")
    func onlyMarkers() throws {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = 41
        traits.producerId = 7
        let marker = try RecordBatchBuilder.endTransaction(
            traits, committed: true, coordinatorEpoch: 2, timestamp: 5)
        let result = try read(marker, from: 40, isolationLevel: .readCommitted)
        #expect(result.records.isEmpty)
        #expect(result.summary.controlRecords == 1)
        #expect(result.summary.nextOffset == 42)
    }

    @Test("control records of other kinds are counted and never data")
    func otherControl() throws {
        let result = try read(KafkaFixtures.v2LeaderChange)
        #expect(result.records.isEmpty)
        #expect(result.summary.controlRecords == 1)
    }

    @Test("records below the fetch offset are left out")
    func fetchOffset() throws {
        let result = try read(KafkaFixtures.v2Zstd, from: 105)
        #expect(result.records.map(\.offset) == Array(105...111))
        #expect(result.summary.firstBaseOffset == 100)
        #expect(try read(KafkaFixtures.v2Zstd, from: 500).summary.nextOffset == 500)
    }

    @Test("reading stops at the end offset, which is not included", arguments: [100, 101, 106, 112, 113])
    func endOffset(end: Int64) throws {
        let result = try RecordReader().read(FetchedRecords(KafkaFixtures.v2Gzip[...], from: 100, to: end))
        #expect(result.records.map(\.offset) == Array(100..<min(end, 112)))
        #expect(result.summary.reachedEnd == (end <= 112))
        #expect(result.summary.nextOffset == min(end, 112))
    }

    @Test("an end offset in a gap is reached by what comes after the gap")
    func endInGap() throws {
        let result = try RecordReader().read(FetchedRecords(KafkaFixtures.v2Gaps[...], from: 100, to: 105))
        #expect(result.records.map(\.offset) == [100, 103])
        #expect(result.summary.reachedEnd)
        #expect(result.summary.nextOffset == 105)
    }

    @Test("batches that begin at the end offset are not even looked into")
    func endBetween() throws {
        var corrupt = patched(KafkaFixtures.v2None, at: 0, Int64(112))
        corrupt[80] ^= 1
        let bytes = KafkaFixtures.v2Gzip + corrupt
        #expect(throws: RecordsError.self) { try read(bytes) }
        let result = try RecordReader().read(FetchedRecords(bytes[...], from: 100, to: 112))
        #expect(result.records.count == 12)
        #expect(result.summary.reachedEnd)
    }

    @Test("a budget of records or bytes stops in the batch, and reading goes on from there")
    func budget() throws {
        var budget = RecordReader.Budget()
        budget.maxRecords = 5
        var offsets: [Int64] = []
        var next: Int64 = 100
        while next < 112 {
            let result = try RecordReader().read(FetchedRecords(KafkaFixtures.v2Lz4[...], from: next), within: budget)
            #expect(result.records.count <= 5)
            offsets += result.records.map(\.offset)
            next = result.summary.nextOffset
        }
        #expect(offsets == Array(100..<112))

        budget.maxBytes = 1
        let one = try RecordReader().read(FetchedRecords(KafkaFixtures.v2Lz4[...], from: 100), within: budget)
        #expect(one.records.count == 1)
        #expect(one.summary.stopped)
        #expect(one.summary.nextOffset == 101)
    }

    @Test("a partial tail is reported, and a first batch that is partial is told apart")
    func partialTail() throws {
        let next = patched(KafkaFixtures.v2None, at: 0, Int64(112))
        let result = try read(KafkaFixtures.v2Gzip + next.prefix(100))
        #expect(result.records.count == 12)
        #expect(result.summary.partialTail?.needed == next.count)
        #expect(!result.summary.isTooSmall)
        #expect(result.summary.nextOffset == 112)

        let first = try read(Array(next.prefix(100)), from: 112)
        #expect(first.summary.isTooSmall)
        #expect(first.summary.nextOffset == 112)
        #expect(!(try read([], from: 112).summary.isTooSmall))
    }

    @Test("a checksum that does not hold is an error with the batch's base offset and place")
    func checksum() {
        var second = patched(KafkaFixtures.v2None, at: 0, Int64(112))
        second[second.count - 1] ^= 0x40
        let error = #expect(throws: RecordsError.self) { try read(KafkaFixtures.v2Gzip + second) }
        #expect(error?.kind == .checksum)
        #expect(error?.baseOffset == 112)
        #expect(error?.position == KafkaFixtures.v2Gzip.count)
    }

    @Test("a bomb is a limit, with its place, and not a finding")
    func limit() throws {
        var builder = RecordBatchBuilder(compressor: Compressor(.zstd))
        try builder.append(timestamp: 0, key: nil, value: [UInt8](repeating: 0, count: 2 << 20))
        let bytes = try builder.build()
        let error = #expect(throws: RecordsError.self) { try read(bytes) }
        #expect(error?.kind == .limit)
        #expect(error?.baseOffset == 0)
    }

    @Test("offsets near the largest integer are read, and at it are errors")
    func largestOffsets() throws {
        let bytes = patched(KafkaFixtures.v2None, at: 0, Int64.max - 12)
        let result = try read(bytes)
        #expect(result.records.map(\.offset).max() == Int64.max - 1)
        #expect(result.summary.nextOffset == .max)
        #expect(reason { _ = try read(patched(bytes, at: 0, Int64.max - 11)) } == .overflow)
    }

    @Test("a control record without a type is an error")
    func malformedControl() throws {
        var traits = RecordBatchBuilder.Traits()
        traits.isControl = true
        var builder = RecordBatchBuilder(traits)
        try builder.append(timestamp: 0, key: [0, 0], value: nil)
        let bytes = try builder.build()
        #expect(reason { _ = try read(bytes) } == .malformedControlRecord)
    }
}

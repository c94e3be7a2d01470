import KafkaRecords
import Parity
import Testing

@Suite("Windows")
struct WindowBuilderTests {
    static func digested(_ records: [TestRecord], from start: Int64 = 0) -> [DigestedRecord] {
        records.enumerated().map { index, record in
            let print = record.fingerprint(at: start + Int64(index))
            return DigestedRecord(offset: print.offset, digest: print.digest, size: print.size)
        }
    }

    static func windows(_ records: [DigestedRecord]) -> [Window] {
        var builder = WindowBuilder(TestLog.rule)
        builder.add(records)
        return builder.finish()
    }

    @Test("pieces read apart and joined give the windows of the whole", arguments: 0..<30)
    func pieces(seed: Int) {
        var random = SeededRandom(UInt64(seed))
        let alphabet: UInt64 = seed % 3 == 0 ? 2 : .max
        let records = Self.digested(TestLog.random(1500, alphabet: alphabet, seed: UInt64(seed)))
        var cuts = (0..<Int.random(in: 1...12, using: &random)).map { _ in Int.random(in: 0...1500, using: &random) }
        cuts = ([0, 1500] + cuts).sorted()
        var whole = WindowBuilder(TestLog.rule)
        var isFirst = true
        for (from, to) in zip(cuts, cuts.dropFirst()) {
            if isFirst {
                whole.add(Array(records[from..<to]))
            } else {
                var piece = WindowBuilder(TestLog.rule, continues: true)
                piece.add(Array(records[from..<to]))
                whole.append(piece)
            }
            isFirst = false
        }
        #expect(whole.finish() == Self.windows(records))
    }

    /// What ranges of a log come to that are scanned apart: each skips up to its first bound, and reads on to the next one
    /// behind its end.
    static func ranges(_ records: [DigestedRecord], _ cuts: [Int]) -> [Window] {
        zip(cuts, cuts.dropFirst()).flatMap { from, to in
            var builder = from == cuts.first ? WindowBuilder(TestLog.rule) : .skipping(TestLog.rule)
            builder.add(Array(records[from..<to]))
            if to != cuts.last { builder.closeAtNextBound() }
            // As answers come: some at a time, and more than are wanted.
            for start in stride(from: to, to: cuts.last ?? to, by: 7) where !builder.isClosed {
                builder.add(Array(records[start..<min(records.count, start + 7)]))
            }
            return builder.finish()
        }
    }

    @Test("ranges scanned apart have together the windows of the whole, each once", arguments: 0..<40)
    func ranges(seed: Int) {
        var random = SeededRandom(UInt64(seed))
        // With an alphabet of one all records are equal, and no bound follows from content or every one does.
        let alphabet: UInt64 = [.max, 2, 1, .max][seed % 4]
        let records = Self.digested(TestLog.random(1500, alphabet: alphabet, seed: UInt64(seed)))
        let inside = (0..<Int.random(in: 1...12, using: &random)).map { _ in Int.random(in: 0...1500, using: &random) }
        #expect(Self.ranges(records, ([0, 1500] + inside).sorted()) == Self.windows(records))
    }

    @Test("a range may end on a bound, before it or behind it")
    func rangesAtBounds() throws {
        let records = Self.digested(TestLog.random(1500, seed: 8))
        let windows = Self.windows(records)
        for window in windows.dropLast() {
            for cut in [window.lastOffset, window.lastOffset + 1, window.lastOffset + 2] {
                #expect(Self.ranges(records, [0, Int(cut), 1500]) == windows)
            }
        }
    }

    @Test("a window ends at its bound and holds what lies between, and none is longer than the limit")
    func bounds() {
        let records = Self.digested(TestLog.random(4000, seed: 3), from: 50)
        let windows = Self.windows(records)
        #expect(windows.recordCount == 4000)
        #expect(windows.byteCount == 40000)
        #expect(windows.first?.firstOffset == 50)
        #expect(windows.last?.lastOffset == 4049)
        #expect(windows.allSatisfy { $0.count <= 64 })
        for (window, next) in zip(windows, windows.dropFirst()) {
            #expect(window.lastOffset + 1 == next.firstOffset)
            let last = records[Int(window.lastOffset - 50)]
            #expect(last.digest.low & 15 == 0 || window.count == 64)
        }
    }

    @Test("order and each record count")
    func order() {
        let records = Self.digested(TestLog.random(200, seed: 4))
        let digest = Self.windows(records).digest
        #expect(Self.windows(records).digest == digest)
        for index in [0, 77, 198] {
            var swapped = records
            swapped.swapAt(index, index + 1)
            #expect(Self.windows(swapped).digest != digest)
            var without = records
            without.remove(at: index)
            #expect(Self.windows(without).digest != digest)
        }
    }

    @Test("behind a difference the bounds fall together again")
    func realignment() {
        let records = TestLog.random(4000, seed: 5)
        let shorter = Array(records[..<1000] + records[1001...])
        let whole = Set(Self.windows(Self.digested(records)).map(\.digest))
        let same = Self.windows(Self.digested(shorter)).filter { whole.contains($0.digest) }
        #expect(same.recordCount > 3800)
    }
}

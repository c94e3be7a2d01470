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

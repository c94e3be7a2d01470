import Gate
import Testing
import Value

@Suite struct ScanRangeTests {
    private let orders = ScanUnit("orders", 0)

    @Test("ranges meet, and are all of the log", arguments: [1, 2, 3, 7, 64])
    func cut(count: Int) {
        let ranges = ScanRange.cut(5..<1003, into: count)
        #expect(ranges.map(\.index) == Array(0..<count))
        #expect(ranges.first?.from == 5 && ranges.last?.to == 1003)
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.to == $1.from })
        #expect(ranges.allSatisfy { $0.to - $0.from >= 998 / Int64(count) })
        #expect(ranges.filter(\.isFirst).count == 1 && ranges.filter(\.isLast).count == 1)
    }

    @Test("one huge partition falls to all shards, a small one to one")
    func huge() {
        let small = ScanUnit("orders", 1)
        let split = ShardSplit(count: 4, logs: [orders: 0..<4_000_000, small: 0..<1000], cuttingFrom: 1_000_000)
        let units = split.units(of: orders)
        #expect(units.compactMap(\.range) == ScanRange.cut(0..<4_000_000, into: 4))
        #expect(units.allSatisfy { $0.whole == orders })
        #expect(Set(units.map { split.shard(of: $0) }) == [0, 1, 2, 3])
        #expect(split.units(of: small) == [small])
    }

    @Test("what is not worth it, or no more than a fair share, stays whole")
    func whole() {
        func pieces(_ size: Int64, _ smallest: Int64, others: Int32 = 0, of count: Int = 4) -> Int {
            var logs: [ScanUnit: Range<Int64>] = [orders: 0..<size]
            for other in 0..<others { logs[ScanUnit("others", other)] = 0..<1000 }
            return ShardSplit(count: count, logs: logs, cuttingFrom: smallest).units(of: orders).count
        }
        #expect(pieces(999, 1000) == 1)
        #expect(pieces(1999, 1000) == 1)
        #expect(pieces(2000, 1000) == 2)
        #expect(pieces(100_000, 1000) == 4)
        #expect(pieces(100_000, 1000, of: 1) == 1)
        #expect(pieces(0, 1000) == 1)
        // Beside three like it, and where it is nearly twice what a shard should have.
        #expect(pieces(1000, 10, others: 3) == 1)
        #expect(pieces(3000, 10, others: 4) == 2)
        #expect(pieces(.max, 1) == 4)
    }

    @Test("the listing tells ranges from each other and from the whole")
    func listing() {
        let units = ScanRange.cut(0..<10, into: 2).map { ScanUnit("orders", 0, $0) }
        let listing = ScanUnit.listing(units.reversed())
        #expect(String(decoding: listing, as: UTF8.self) == "orders\t0\t0\t5\norders\t0\t5\t10\n")
        #expect(ScanUnit.listing([orders] + units).count == ScanUnit.listing(units).count + 9)
    }

    // MARK: Tiling

    private func problem(_ change: (inout [(range: ScanRange, bounds: ScanBounds?)]) -> Void = { _ in }) -> String? {
        var parts = ScanRange.cut(0..<30, into: 3).map { range in
            let bounds = ScanBounds(
                sourceFrom: range.from, sourceTo: range.to, targetFrom: range.from + 7, targetTo: range.to + 7,
                targetID: "a")
            return (range: range, bounds: ScanBounds?.some(bounds))
        }
        change(&parts)
        var tiling = ScanTiling()
        for part in parts { tiling.add(part.range, part.bounds) }
        return tiling.problem
    }

    @Test("ranges that meet on both sides, in any order, are the whole")
    func tiles() {
        #expect(problem() == nil)
        #expect(problem { $0.reverse() } == nil)
        #expect(ScanTiling().problem == nil)
    }

    @Test("a gap, an overlap, a range too few or one twice is named")
    func gaps() {
        let ends = "range 0 of 3 (offsets 0 to 10) ended at offset"
        #expect(problem { $0.remove(at: 1) } == "its ranges are not 0 to 2, each once")
        #expect(problem { $0.removeLast() } == "its ranges are not 0 to 2, each once")
        #expect(problem { $0[2] = $0[1] } == "its ranges are not 0 to 2, each once")
        #expect(problem { $0.append($0[1]) } == "its ranges are not 0 to 2, each once")
        #expect(problem { $0[0].range = ScanRange(index: 0, of: -1, from: 0, to: 10) } != nil)
        let apart = problem { $0[1].range = ScanRange(index: 1, of: 3, from: 11, to: 20) }
        #expect(apart?.hasSuffix("do not meet") == true)
        #expect(problem { $0[1].bounds = nil }?.hasSuffix("does not say what it found its bounds to be") == true)
        for moved: Int64 in [-1, 1] {
            let source = problem { $0[0].bounds?.sourceTo += moved }
            #expect(source?.hasPrefix("\(ends) \(10 + moved) of the source, and range 1 of 3") == true)
            let target = problem { $0[0].bounds?.targetTo? += moved }
            #expect(target?.hasPrefix("\(ends) \(17 + moved) of the target, and range 1 of 3") == true)
        }
        #expect(problem { $0[1].bounds?.targetTo = nil }?.hasSuffix("ends before it begins") == true)
        #expect(problem { $0[1].bounds?.sourceFrom = 21 }?.hasSuffix("ends before it begins") == true)
        #expect(problem { $0[1].bounds?.targetID = nil }?.hasSuffix("which topic of the target it read") == true)
        #expect(problem { $0[1].bounds?.targetID = "b" }?.contains("different topics of the target") == true)
        #expect(problem { for index in $0.indices { $0[index].bounds?.targetID = nil } } != nil)
        let one = problem { $0[2].bounds = ScanBounds(sourceFrom: 20, sourceTo: 30) }
        #expect(one?.hasSuffix("different topics of the target: it was made anew meanwhile") == true)
    }
}

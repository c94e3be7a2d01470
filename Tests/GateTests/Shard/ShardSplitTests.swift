import Gate
import Testing
import Value

@Suite struct ShardSplitTests {
    private func units(_ topics: Int, _ partitions: Int32) -> [ScanUnit] {
        (0..<topics).flatMap { topic in (0..<partitions).map { ScanUnit(ByteString("topic-\(topic)"), $0) } }
    }

    /// Sizes that differ by five orders of magnitude, the same every time.
    private func sizes(_ units: [ScanUnit]) -> [ScanUnit: Int64] {
        var sizes: [ScanUnit: Int64] = [:]
        for (index, unit) in units.enumerated() { sizes[unit] = Int64(index * 7919 % 100_003) }
        return sizes
    }

    @Test("a share is written I/N, with I below N")
    func written() {
        #expect(Shard("0/1")?.description == "0/1")
        #expect(Shard("2/3").map { [$0.index, $0.count] } == [2, 3])
        for text in ["", "/", "1", "3/3", "0/0", "-1/3", "1/3/5", " 1/3", "1/ 3", "a/b", "1/100001", "+1/3", "٣/4"] {
            #expect(Shard(text) == nil, "\(text)")
        }
    }

    @Test("every unit falls to exactly one shard, whatever their number", arguments: [1, 2, 3, 7, 64, 1000])
    func once(count: Int) {
        let all = units(9, 13)
        for split in [ShardSplit(count: count), ShardSplit(count: count, sizes: sizes(all))] {
            var taken: [ScanUnit: Int] = [:]
            for shard in 0..<count {
                for unit in all where split.shard(of: unit) == shard { taken[unit, default: 0] += 1 }
            }
            #expect(taken.count == all.count)
            #expect(taken.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("with sizes no shard has more than the mean and one unit")
    func balanced() {
        let sizes = sizes(units(9, 13))
        let split = ShardSplit(count: 7, sizes: sizes)
        var loads = [Int64](repeating: 0, count: 7)
        for (unit, size) in sizes { loads[split.shard(of: unit)] += max(1, size) }
        let mean = loads.reduce(0, +) / 7
        #expect(loads.allSatisfy { abs($0 - mean) <= mean / 20 }, "\(loads)")
    }

    @Test("without sizes the partitions of a topic go round the shards")
    func round() {
        let split = ShardSplit(count: 4)
        var counts = [0, 0, 0, 0]
        for unit in units(1, 10) { counts[split.shard(of: unit)] += 1 }
        #expect(counts.sorted() == [2, 2, 3, 3])
        // Topics of one partition do not all fall to the same shard.
        #expect(Set(units(40, 1).map { split.shard(of: $0) }).count == 4)
    }

    @Test("the order in which units are known changes nothing")
    func order() {
        let all = units(5, 11)
        let sizes = sizes(all)
        let split = ShardSplit(count: 5, sizes: sizes)
        for seed in 1...5 {
            var random = Rolling(seed: UInt64(seed))
            var again: [ScanUnit: Int64] = [:]
            for unit in all.shuffled(using: &random) { again[unit] = sizes[unit] }
            let other = ShardSplit(count: 5, sizes: again)
            #expect(all.allSatisfy { split.shard(of: $0) == other.shard(of: $0) })
        }
    }

    @Test("one partition more, or one topic, moves no other where there are no sizes")
    func stable() {
        // What is written here must be so in every version: shards of two machines have to agree.
        let split = ShardSplit(count: 3)
        #expect((0..<4).map { split.shard(of: ScanUnit("orders", $0)) } == [1, 2, 0, 1])
        #expect((0..<4).map { split.shard(of: ScanUnit("payments", $0)) } == [1, 2, 0, 1])
    }

    @Test("partitions that are all empty are spread too, and sizes at the limit do not overflow")
    func extremes() {
        let all = units(1, 6)
        let empty = ShardSplit(count: 3, sizes: Dictionary(uniqueKeysWithValues: all.map { ($0, Int64(0)) }))
        #expect(Dictionary(grouping: all) { empty.shard(of: $0) }.values.map(\.count) == [2, 2, 2])
        let huge = ShardSplit(count: 2, sizes: Dictionary(uniqueKeysWithValues: all.map { ($0, Int64.max) }))
        #expect(all.allSatisfy { (0..<2).contains(huge.shard(of: $0)) })
        #expect((0..<5).contains(ShardSplit(count: 5).shard(of: ScanUnit("t", -1))))
    }

    @Test("the listing of units does not depend on their order, and tells any two lists apart")
    func listing() {
        let one = [ScanUnit("b", 2), ScanUnit("a", 10), ScanUnit("a", 9)]
        #expect(String(decoding: ScanUnit.listing(one), as: UTF8.self) == "a\t9\na\t10\nb\t2\n")
        #expect(ScanUnit.listing(one.reversed() + one) == ScanUnit.listing(one))
        #expect(ScanUnit.listing(one.dropLast()) != ScanUnit.listing(one))
    }

    private struct Rolling: RandomNumberGenerator {
        var seed: UInt64
        mutating func next() -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return seed
        }
    }
}

@Suite struct SharedOutcomeTests {
    private let shard = Shard("1/3")

    /// A gate of one check.
    private func outcome(_ ok: Bool) throws -> GateOutcome {
        var ledger = Ledger()
        let id = try ledger.subject(["partition": 3], at: "g.lua:1")
        let check = Check("captured", .isTrue, actual: .value(.bool(ok)), facts: nil, at: "g.lua:1")
        try ledger.check(check, of: id)
        return ledger.finish(.completed)
    }

    @Test("a share that found nothing wrong is no pass, and says so; one that failed has failed")
    func judged() throws {
        let shard = try #require(shard)
        let good = try outcome(true).share(shard, units: 1, of: 9)
        #expect(good.verdict == .inconclusive && good.isGoodShare)
        #expect(good.checks.passed == 1)
        let bad = try outcome(false).share(shard, units: 1, of: 9)
        #expect(bad.verdict == .fail && !bad.isGoodShare)
        #expect(bad.reasons.map(\.code) == [.checkFailed])
        // Even the only shard of a run is a share of it.
        #expect(try outcome(true).share(#require(Shard("0/1")), units: 9, of: 9).verdict == .inconclusive)
    }

    @Test("a shard to which nothing fell says nothing against a pass")
    func idle() throws {
        let shard = try #require(shard)
        let passed = GateOutcome.notRun(Reason(.vacuous, "nothing")).share(shard, units: 0, of: 9)
        #expect(passed.verdict == .inconclusive && passed.isGoodShare)
        #expect(passed.reasons.map(\.code) == [.shard])
    }

    @Test("where nothing was there to be shared out, nothing was shown")
    func nothing() throws {
        let shard = try #require(shard)
        let empty = GateOutcome.notRun(Reason(.vacuous, "nothing")).share(shard, units: 0, of: 0)
        #expect(empty.reasons.map(\.code) == [.vacuous] && !empty.isGoodShare)
        // Partitions were its own, and no check came of them.
        let silent = GateOutcome.notRun(Reason(.vacuous, "nothing")).share(shard, units: 2, of: 9)
        #expect(silent.reasons.map(\.code) == [.vacuous] && !silent.isGoodShare)
    }

    @Test("any other reason stays, and is no good share")
    func others() throws {
        let shard = try #require(shard)
        let late = GateOutcome.notRun(Reason(.deadline, "late")).share(shard, units: 0, of: 9)
        #expect(late.reasons.map(\.code) == [.deadline] && !late.isGoodShare)
        let cut = GateOutcome.notRun(Reason(.vacuous, "-")).share(shard, units: 0, of: 9)
            .withheld(Reason(.limit, "cut"))
        #expect(!cut.isGoodShare)
    }
}

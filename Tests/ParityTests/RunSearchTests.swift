import KafkaRecords
import Parity
import Testing

@Suite("The search for a run of records")
struct RunSearchTests {
    static func digests(_ values: [UInt64]) -> [RecordDigest] { values.map { RecordDigest(low: $0, high: 0) } }

    /// The run around `position` of a log of numbers, so many on each side.
    static func run(_ log: [UInt64], at position: Int, _ count: Int) -> RecordRun {
        RecordRun(
            before: digests(Array(log[..<position].suffix(count))),
            after: digests(Array(log[position...].prefix(count))))
    }

    static func places(_ run: RecordRun, _ log: [UInt64], atLeast needed: Int = 8) -> [Int] {
        run.places(in: digests(log), atLeast: needed).map(\.index)
    }

    static let log = Array(UInt64(100)..<200)

    @Test("it is found where it is, also at both ends", arguments: [0, 1, 50, 99, 100])
    func found(position: Int) {
        let run = Self.run(Self.log, at: position, 32)
        #expect(Self.places(run, Self.log) == [position])
        // The other log begins elsewhere and goes on.
        #expect(Self.places(run, [1, 2, 3] + Self.log + [4]) == [position + 3])
    }

    @Test("a run that is too short is no proof, a record that is not there is nowhere")
    func short() {
        let run = Self.run(Self.log, at: 50, 32)
        let broken: [UInt64] = Array(0..<10) + Array(Self.log[47..<54]) + Array(10..<20)
        #expect(Self.places(run, broken) == [])
        #expect(Self.places(run, broken, atLeast: 7) == [13])
        #expect(Self.places(run, Self.log.filter { $0 != 150 }) == [])
    }

    @Test("where the log has fewer records than are wanted, all of them have to agree")
    func few() {
        let run = Self.run([1, 2, 3], at: 1, 8)
        #expect(Self.places(run, [1, 2, 3]) == [1])
        #expect(Self.places(run, [1, 2, 4]) == [])
        #expect(Self.places(Self.run([], at: 0, 8), [1, 2]) == [])
    }

    @Test("what was copied twice is found twice")
    func twice() {
        let run = Self.run(Self.log, at: 90, 32)
        let replayed = Array(Self.log[..<95]) + Array(Self.log[80...])
        #expect(Self.places(run, replayed) == [90, 105])
    }

    @Test("runs that overlap are of records that are all alike, those of copies lie one behind the other")
    func overlap() {
        let other = (0..<8).map { RecordDigest(low: UInt64($0) + 500, high: 1) }
        let run = RecordRun(before: Array(other[..<4]), after: Array(other[4...]))
        let twice = run.places(in: other + other, atLeast: 8)
        #expect(twice.map(\.index) == [4, 12])
        #expect(!RecordRun.overlap(twice))
        // A replicator that starts over a few records back: the first copy ends where the second begins.
        let restarted = run.places(in: Array(other[..<6]) + Array(other[3...]), atLeast: 4)
        #expect(restarted.map(\.index) == [4, 7])
        #expect(!RecordRun.overlap(restarted))
        let same = [RecordDigest](repeating: RecordDigest(low: 1, high: 1), count: 9)
        let alike = RecordRun(before: Array(same[..<4]), after: Array(same[..<4]))
        #expect(RecordRun.overlap(alike.places(in: same, atLeast: 8)))
        #expect(!RecordRun.overlap(alike.places(in: Array(same[..<8]), atLeast: 8)))
    }

    @Test("a run that comes up a second time in its own log says nothing")
    func repeating() {
        let cycle = (0..<100).map { UInt64($0 % 10) }
        #expect(Self.run(cycle, at: 50, 32).repeats(within: 8))
        #expect(!Self.run(Self.log, at: 50, 32).repeats(within: 8))
        let same = [UInt64](repeating: 7, count: 100)
        #expect(Self.run(same, at: 50, 32).repeats(within: 8))
    }
}

@Suite("The latest record of each key")
struct LatestComparisonTests {
    static func record(
        _ key: UInt64?, _ value: UInt64?, at offset: Int64, headers: UInt64 = 0, timestamp: Int64 = 0
    ) -> RecordFingerprint {
        var record = TestRecord(key: key, value: value)
        record.headers = headers
        record.timestamp = timestamp
        return record.fingerprint(at: offset)
    }

    static func latest(_ records: [RecordFingerprint], _ share: LatestRecords.Share = .init()) -> LatestRecords {
        var latest = LatestRecords(share)
        for record in records { latest.take(record) }
        return latest
    }

    static func compare(
        _ source: [RecordFingerprint], _ target: [RecordFingerprint], later: [RecordFingerprint] = [],
        _ rules: LatestComparison.Rules = .init(), shares: UInt64 = 1
    ) -> LatestComparison {
        var comparison = LatestComparison()
        for index in 0..<shares {
            let share = LatestRecords.Share(index: index, of: shares)
            comparison.add(
                source: latest(source, share), later: latest(later, share), target: latest(target, share), rules)
        }
        return comparison
    }

    @Test("older records do not count, the last one does, in each of its parts")
    func last() {
        let source = [Self.record(1, 1, at: 0), Self.record(2, 5, at: 1), Self.record(1, 2, at: 2)]
        #expect(Self.compare(source, [Self.record(1, 2, at: 9), Self.record(2, 5, at: 10)]).differences.total == 0)
        #expect(Self.compare(source, [Self.record(2, 5, at: 0), Self.record(1, 2, at: 1)]).matched == 2)
        let stale = Self.compare(source, [Self.record(1, 1, at: 0), Self.record(2, 5, at: 1)])
        #expect(stale.differences.counts == [.altered: 1])
        #expect(stale.differences.first == Difference(.altered, source: 2, target: 0, parts: .value))
        let other = Self.compare(
            [Self.record(1, 1, at: 0)], [Self.record(1, 1, at: 0, headers: 1, timestamp: 5)])
        #expect(other.differences.first?.parts == [.headers, .timestamp])
        var rules = LatestComparison.Rules()
        rules.comparesTimestamps = false
        #expect(Self.compare([Self.record(1, 1, at: 0)], [Self.record(1, 1, at: 3, timestamp: 9)], rules).matched == 1)
    }

    @Test("a key that is missing or extra is one, and a tombstone is as good as no record")
    func tombstones() {
        let missing = Self.compare([Self.record(1, 1, at: 4)], [])
        #expect(missing.differences.first == Difference(.missing, source: 4, target: nil))
        let extra = Self.compare([], [Self.record(1, 1, at: 4)])
        #expect(extra.differences.first == Difference(.extra, source: nil, target: 4))
        for (source, target): ([RecordFingerprint], [RecordFingerprint]) in [
            ([Self.record(1, nil, at: 0)], []), ([], [Self.record(1, nil, at: 0)]),
            ([Self.record(1, nil, at: 0, timestamp: 1)], [Self.record(1, nil, at: 0, timestamp: 2)]),
        ] {
            #expect(Self.compare(source, target).differences.total == 0)
        }
        let kept = Self.compare([Self.record(1, nil, at: 5)], [Self.record(1, 3, at: 2)])
        #expect(kept.differences.counts == [.altered: 1])
    }

    @Test("a key that changed after the cut is not judged by what it was before")
    func later() {
        let source = [Self.record(1, 1, at: 0), Self.record(2, 2, at: 1)]
        let target = [Self.record(1, 7, at: 0), Self.record(2, 2, at: 1)]
        let moving = Self.compare(source, target, later: [Self.record(1, 9, at: 5)])
        #expect(moving.differences.total == 0)
        #expect(moving.sourceNotCompared == 1)
        #expect(moving.matched == 1)
        let new = Self.compare([], [Self.record(3, 1, at: 0)], later: [Self.record(3, 1, at: 5)])
        #expect(new.differences.total == 0)
        #expect(new.targetNotCompared == 1)
    }

    @Test("where retention removes records as well, a key that is gone is not compared")
    func retention() {
        var rules = LatestComparison.Rules()
        rules.targetLost = 1
        #expect(Self.compare([Self.record(1, 1, at: 0)], [], rules).sourceNotCompared == 1)
        // But no more keys than the log has offsets before its start.
        let two = [Self.record(1, 1, at: 0), Self.record(2, 1, at: 1)]
        #expect(Self.compare(two, [], rules).differences.counts == [.missing: 1])
        rules = .init()
        rules.sourceLost = 1
        #expect(Self.compare([], [Self.record(1, 1, at: 0)], rules).targetNotCompared == 1)
        #expect(Self.compare([], two, rules).differences.counts == [.extra: 1])
    }

    @Test("in shares of the keys the outcome is the same", arguments: [1, 2, 7, 64] as [UInt64])
    func shares(count: UInt64) {
        var random = SeededRandom(5)
        // Keys as hashes are: all bits in use.
        let keys = (0..<300).map { _ in UInt64.random(in: 0 ... .max, using: &random) }
        func log(_ seed: UInt64) -> [RecordFingerprint] {
            var random = SeededRandom(seed)
            return (0..<2000).map { index in
                Self.record(
                    keys[Int.random(in: 0..<300, using: &random)], .random(in: 0..<4, using: &random),
                    at: Int64(index))
            }
        }
        let (source, target) = (log(1), log(2))
        let whole = Self.compare(source, target)
        let shared = Self.compare(source, target, shares: count)
        #expect(shared.matched == whole.matched)
        #expect(shared.differences.counts == whole.differences.counts)
        #expect(whole.differences[.altered] > 0)
    }

    @Test("records without a key are counted, and compared with nothing")
    func keyless() {
        let latest = Self.latest([Self.record(nil, 1, at: 0), Self.record(1, 1, at: 1)])
        #expect(latest.keyless == 1)
        #expect(latest.latest.count == 1)
        #expect(latest.records == 2)
    }
}

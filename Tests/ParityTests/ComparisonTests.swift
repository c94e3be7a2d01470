import KafkaRecords
import Parity
import Testing

@Suite("Comparison of two logs")
struct ComparisonTests {
    @Test("equal logs are equal, whatever their offsets", arguments: [0, 1, 2, 15, 64, 65, 1000, 5000])
    func equal(count: Int) {
        let records = TestLog.random(count, seed: 1)
        let result = TestLog.compare(TestLog(records, from: 100), TestLog(records, from: 7, step: 3))
        #expect(result.differences.total == 0)
        #expect(result.matched == Int64(count))
        #expect(result.compared == Int64(count))
        #expect(result.unclassified == 0)
    }

    /// One change and what it has to be found as.
    enum Edit: CaseIterable {
        case key, value, headers, timestamp, missing, extra, duplicated, swapped

        var kind: Difference.Kind {
            switch self {
            case .key, .value, .headers, .timestamp: .altered
            case .missing: .missing
            case .extra: .extra
            case .duplicated: .duplicated
            case .swapped: .reordered
            }
        }

        var parts: RecordParts {
            switch self {
            case .key: .key
            case .value: .value
            case .headers: .headers
            case .timestamp: .timestamp
            default: []
            }
        }

        func apply(to records: inout [TestRecord], at index: Int) {
            switch self {
            case .key: records[index].key = (records[index].key ?? 0) ^ 1
            case .value: records[index].value = (records[index].value ?? 0) ^ 1
            case .headers: records[index].headers ^= 1
            case .timestamp: records[index].timestamp ^= 1 << 40
            case .missing: records.remove(at: index)
            case .extra: records.insert(TestRecord(key: 999, value: 999, headers: 9, timestamp: -5), at: index)
            case .duplicated: records.insert(records[index], at: index + 1)
            case .swapped: records.swapAt(index, index + 1)
            }
        }
    }

    @Test("one change anywhere is found as what it is, with both offsets", arguments: Edit.allCases)
    func oneEdit(_ edit: Edit) throws {
        let records = TestLog.random(3000, seed: 2)
        for index in [0, 1, 2, 500, 1499, 2500, 2997, 2998] {
            var copy = records
            edit.apply(to: &copy, at: index)
            let result = TestLog.compare(TestLog(records, from: 1000), TestLog(copy, from: 0))
            let differences = result.differences
            #expect(differences[edit.kind] == 1, "at \(index)")
            #expect(differences.total == 1, "at \(index): \(differences.examples)")
            let found = try #require(differences.first)
            #expect(found.parts == edit.parts)
            switch edit {
            case .extra:
                #expect(found.targetOffset == Int64(index))
                #expect(found.sourceOffset == nil)
            case .duplicated:
                #expect(found.targetOffset.map { [Int64(index), Int64(index + 1)].contains($0) } == true)
                #expect(found.sourceOffset == Int64(1000 + index))
            case .swapped:
                let source = try #require(found.sourceOffset)
                #expect([1000 + index, 1001 + index].contains(Int(source)))
                #expect(found.targetOffset == Int64(2 * index + 1) - (source - 1000))
            case .missing:
                #expect(found.sourceOffset == Int64(1000 + index))
                #expect(found.targetOffset == nil)
            default:
                #expect(found.sourceOffset == Int64(1000 + index))
                #expect(found.targetOffset == Int64(index))
            }
        }
    }

    @Test("many changes in one log are counted, each as what it is", arguments: 0..<40)
    func manyEdits(seed: Int) {
        var random = SeededRandom(UInt64(seed))
        let records = TestLog.random(2000, seed: UInt64(seed) &+ 77)
        var copy = records
        var expected: [Difference.Kind: Int64] = [:]
        // From the end, so that the places before stay where they are, and some apart.
        var index = records.count - 2
        while index > 10 {
            index -= Int.random(in: 3...300, using: &random)
            guard index > 0, let edit = Edit.allCases.randomElement(using: &random) else { break }
            edit.apply(to: &copy, at: index)
            expected[edit.kind, default: 0] += 1
        }
        let result = TestLog.compare(TestLog(records), TestLog(copy))
        #expect(result.differences.counts == expected)
        #expect(result.compared == Int64(records.count))
    }

    @Test("the counts agree with those of a naive count, for logs of few different records", arguments: 0..<60)
    func naive(seed: Int) {
        var random = SeededRandom(UInt64(seed) &+ 1000)
        let alphabet = UInt64.random(in: 1...40, using: &random)
        let records = TestLog.random(Int.random(in: 0...600, using: &random), alphabet: alphabet, seed: UInt64(seed))
        var copy = records
        for _ in 0..<Int.random(in: 0...20, using: &random) where copy.count > 2 {
            let index = Int.random(in: 0..<copy.count - 1, using: &random)
            Edit.allCases.randomElement(using: &random)?.apply(to: &copy, at: index)
        }
        let result = TestLog.compare(TestLog(records), TestLog(copy))
        let differences = result.differences
        #expect(result.unclassified == 0)
        // As multisets, whatever the order.
        let have = Dictionary(records.map { ($0, 1) }, uniquingKeysWith: +)
        let got = Dictionary(copy.map { ($0, 1) }, uniquingKeysWith: +)
        let common = have.reduce(0) { $0 + min($1.value, got[$1.key] ?? 0) }
        let absent = records.count - common
        #expect(Int(result.matched + differences[.reordered]) <= common)
        #expect(result.compared == Int64(records.count))
        #expect(
            Int64(copy.count)
                == result.matched + differences[.reordered] + differences[.altered] + differences[.extra]
                + differences[.duplicated])
        #expect(Int(differences[.missing] + differences[.altered]) >= absent)
        #expect((differences.total == 0) == (records == copy))
        // In order, no alignment matches more than the longest common subsequence, found the slow way.
        #expect(Int(result.matched) <= Self.longestCommonSubsequence(records, copy))
        if Set(records).count == records.count, Set(copy).count == copy.count {
            #expect(Int(result.matched) == Self.longestCommonSubsequence(records, copy))
        }
    }

    static func longestCommonSubsequence(_ one: [TestRecord], _ other: [TestRecord]) -> Int {
        var row = [Int](repeating: 0, count: other.count + 1)
        for record in one {
            var diagonal = 0
            for index in other.indices {
                let above = row[index + 1]
                row[index + 1] = record == other[index] ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[other.count]
    }

    @Test("a replicator that starts over leaves duplicates, however many", arguments: [1, 5, 100, 700, 1500])
    func replay(count: Int) {
        let records = TestLog.random(3000, seed: 5)
        let copy = records[..<2000] + records[(2000 - count)...]
        let result = TestLog.compare(TestLog(records), TestLog(Array(copy)))
        #expect(result.differences.counts == [.duplicated: Int64(count)])
        #expect(result.matched == 3000)
    }

    @Test("where a log has lost its start, the other's is not compared")
    func retention() {
        let records = TestLog.random(3000, seed: 6)
        var limits = ComparisonResult.Limits()
        limits.targetLost = 1100
        let shorter = TestLog(Array(records[1100...]), from: 1100)
        let target = TestLog.compare(TestLog(records), shorter, limits)
        #expect(target.differences.total == 0)
        #expect(target.compared == 1900)
        #expect(target.sourceNotCompared == 1100)

        limits = .init()
        limits.sourceLost = 1100
        let source = TestLog.compare(shorter, TestLog(records), limits)
        #expect(source.differences.total == 0)
        #expect(source.compared == 1900)
        #expect(source.targetNotCompared == 1100)
        // A log that still begins at its beginning has lost nothing: what it lacks was never copied.
        let never = TestLog.compare(TestLog(records), TestLog(Array(records[1100...])))
        #expect(never.differences.counts == [.missing: 1100])
    }

    @Test("a log has lost no more records than it has offsets before its start", arguments: [1, 100, 1099])
    func retentionBound(lost: Int64) {
        let records = TestLog.random(3000, seed: 6)
        let shorter = TestLog(Array(records[1100...]), from: lost)
        var limits = ComparisonResult.Limits()
        limits.targetLost = lost
        let target = TestLog.compare(TestLog(records), shorter, limits)
        #expect(target.differences.counts == [.missing: 1100 - lost])
        #expect(target.sourceNotCompared == lost)
        #expect(target.compared == 3000 - lost)
        limits = .init()
        limits.sourceLost = lost
        let source = TestLog.compare(shorter, TestLog(records), limits)
        #expect(source.differences.counts == [.extra: 1100 - lost])
        #expect(source.targetNotCompared == lost)
    }

    @Test("with its start lost a log that differs after it still differs")
    func retentionAndDifference() {
        let records = TestLog.random(3000, seed: 7)
        var copy = Array(records[1100...])
        Edit.value.apply(to: &copy, at: 3)
        Edit.missing.apply(to: &copy, at: 800)
        var limits = ComparisonResult.Limits()
        limits.targetLost = 1100
        let result = TestLog.compare(TestLog(records), TestLog(copy, from: 1100), limits)
        #expect(result.differences.counts == [.altered: 1, .missing: 1])
    }

    @Test("records behind the cut need not be there yet, those before it must")
    func cut() {
        let records = TestLog.random(1000, seed: 8)
        var limits = ComparisonResult.Limits()
        limits.cut = 900
        let behind = TestLog.compare(TestLog(records), TestLog(Array(records[..<920])), limits)
        #expect(behind.differences.total == 0)
        #expect(behind.sourceNotCompared == 80)
        let late = TestLog.compare(TestLog(records), TestLog(Array(records[..<890])), limits)
        #expect(late.differences.counts == [.missing: 10])
    }

    @Test("of a log that could not be read to its end the rest is not compared")
    func partial() {
        let records = TestLog.random(1000, seed: 9)
        var copy = Array(records[..<600])
        Edit.key.apply(to: &copy, at: 100)
        var limits = ComparisonResult.Limits()
        limits.targetIsWhole = false
        let target = TestLog.compare(TestLog(records), TestLog(copy), limits)
        #expect(target.differences.counts == [.altered: 1])
        #expect(target.compared == 600)
        limits = .init()
        limits.sourceIsWhole = false
        let source = TestLog.compare(TestLog(copy), TestLog(records), limits)
        #expect(source.differences.counts == [.altered: 1])
        #expect(source.targetNotCompared == 400)
    }

    @Test("records that are all equal are counted, not lost", arguments: [(1000, 1000), (1000, 999), (1000, 1003)])
    func identical(source: Int, target: Int) {
        let record = TestRecord(key: nil, value: 5)
        let result = TestLog.compare(
            TestLog(Array(repeating: record, count: source)), TestLog(Array(repeating: record, count: target)))
        #expect(result.differences[.missing] == Int64(max(0, source - target)))
        #expect(result.differences[.duplicated] == Int64(max(0, target - source)))
        #expect(result.differences.total == Int64(abs(source - target)))
    }

    @Test("logs that have nothing in common are all missing and extra, at no more cost than is allowed")
    func disjoint() {
        let (one, other) = (TestLog.random(3000, seed: 20), TestLog.random(2000, seed: 21))
        let result = TestLog.compare(TestLog(one), TestLog(other))
        #expect(result.matched == 0)
        #expect(result.differences[.missing] + result.differences[.altered] == 3000)
        #expect(result.differences[.extra] + result.differences[.altered] == 2000)
        let bounded = TestLog.compare(TestLog(one), TestLog(other), rereadLimit: 100)
        #expect(bounded.unclassified == 3000)
        #expect(bounded.compared == 0)
    }

    @Test("a target that holds half of the source lacks the other half")
    func half() {
        let records = TestLog.random(5000, seed: 22)
        let result = TestLog.compare(TestLog(records), TestLog(Array(records[..<2500])), rereadLimit: 300)
        #expect(result.differences.counts == [.missing: 2500])
        #expect(result.unclassified == 0)
    }

    @Test("without timestamps a record that differs in nothing else is the same")
    func timestampsIgnored() {
        let records = TestLog.random(500, seed: 23)
        var copy = records
        // One of them has that timestamp already.
        for index in copy.indices { copy[index].timestamp = 1 }
        #expect(TestLog.compare(TestLog(records), TestLog(copy), timestamps: false).differences.total == 0)
        Edit.value.apply(to: &copy, at: 250)
        let result = TestLog.compare(TestLog(records), TestLog(copy), timestamps: false)
        #expect(result.differences.counts == [.altered: 1])
        #expect(result.differences.first?.parts == .value)
        #expect(TestLog.compare(TestLog(records), TestLog(copy)).differences[.altered] == 499)
    }
}

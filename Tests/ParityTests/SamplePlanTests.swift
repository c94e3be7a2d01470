import Parity
import Testing

@Suite("A sample")
struct SamplePlanTests {
    @Test("it is the same for the same seed, another for another, and rises within the log")
    func drawn() {
        let offsets = SamplePlan.offsets(from: 1000, to: 2_000_000, count: 200, seed: 1)
        #expect(offsets == SamplePlan.offsets(from: 1000, to: 2_000_000, count: 200, seed: 1))
        #expect(offsets != SamplePlan.offsets(from: 1000, to: 2_000_000, count: 200, seed: 2))
        #expect(offsets.count == 200)
        #expect(Set(offsets).count == 200)
        #expect(offsets == offsets.sorted())
        #expect(offsets.first == 1000)
        #expect(offsets.last == 1_999_999)
        #expect(offsets.count { $0 < 1500 } >= 50)
        #expect(offsets.count { $0 >= 1_999_500 } >= 50)
    }

    @Test("a quarter lies around the commits, on both sides of each, and both neighbours of a few are always in it")
    func around() {
        let centres: [Int64] = [5_000, 400_000, 400_000, 2_000_000, 7]
        let offsets = SamplePlan.offsets(from: 1000, to: 2_000_000, count: 200, seed: 1, around: centres)
        #expect(offsets.count == 200)
        #expect(Set(offsets).isSuperset(of: [4_999, 5_000, 399_999, 400_000, 1_999_999]))
        for centre: Int64 in [5_000, 400_000] {
            #expect(offsets.count { abs($0 - centre) < 100 } >= 16)
            #expect(offsets.contains { $0 < centre - 1 && $0 > centre - 100 })
        }
        // Too many to look at each.
        let many = (0..<1000).map { 10_000 + $0 * 1000 } as [Int64]
        let some = SamplePlan.offsets(from: 1000, to: 2_000_000, count: 200, seed: 1, around: many)
        #expect(some.count { many.contains($0) } >= 20)
        #expect(some == SamplePlan.offsets(from: 1000, to: 2_000_000, count: 200, seed: 1, around: many))
        // Close to the largest integer too.
        let last = Int64.max - 1
        let edge = SamplePlan.offsets(from: last - 10_000, to: last, count: 40, seed: 1, around: [last, last - 5_000])
        #expect(edge.contains(last - 5_000))
        #expect(edge.count == 40)
    }

    @Test("a log that is no larger is taken whole", arguments: [(0, 0), (5, 5), (5, 6), (0, 100)] as [(Int64, Int64)])
    func small(start: Int64, end: Int64) {
        #expect(SamplePlan.offsets(from: start, to: end, count: 100, seed: 3) == Array(start..<end))
        #expect(SamplePlan.offsets(from: start, to: end, count: 0, seed: 3).isEmpty)
    }

    @Test("none bad of n: fewer than 3/n are, at 95 %")
    func bound() {
        #expect(SamplePlan.bound(ofClean: 100) == 0.03)
        #expect(SamplePlan.bound(ofClean: 2) == 1)
        #expect(SamplePlan.bound(ofClean: 0) == nil)
    }
}

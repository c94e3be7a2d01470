/// Which offsets of a log are looked at, drawn by lot so that anybody can draw them again.
package enum SamplePlan {
    /// A quarter from the head, a quarter from the tail, and the rest from anywhere; all there are, where that is no
    /// more than `count`.
    package static func offsets(from start: Int64, to end: Int64, count: Int, seed: UInt64) -> [Int64] {
        guard start < end, count > 0 else { return [] }
        let size = end - start
        guard size > Int64(count) else { return Array(start..<end) }
        var random = SplitMix(state: seed)
        // Apart from each other: the neighbours of each are looked at with it.
        let step = max(1, min(8, size / Int64(count)))
        var drawn: Set<Int64> = []
        for index in 0..<Int64(count / 4) {
            drawn.insert(start + index * step)
            drawn.insert(end - 1 - index * step)
        }
        while drawn.count < count { drawn.insert(start + Int64.random(in: 0..<size, using: &random)) }
        return drawn.sorted()
    }

    /// The share of bad records that is not exceeded, at 95 %, where none of so many was bad: the rule of three.
    package static func bound(ofClean count: Int64) -> Double? { count > 0 ? min(1, 3 / Double(count)) : nil }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}

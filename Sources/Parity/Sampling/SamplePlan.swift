/// Which offsets of a log are looked at, drawn by lot so that anybody can draw them again.
package enum SamplePlan {
    /// A quarter from the head, a quarter from the tail, a quarter around the `centres` if there are any, and the rest
    /// from anywhere; all there are, where that is no more than `count`.
    package static func offsets(
        from start: Int64, to end: Int64, count: Int, seed: UInt64, around centres: [Int64] = []
    ) -> [Int64] {
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
        for offset in Self.around(centres, start..<end, count: count / 4, step: step, using: &random) {
            drawn.insert(offset)
        }
        while drawn.count < count { drawn.insert(start + Int64.random(in: 0..<size, using: &random)) }
        return drawn.sorted()
    }

    /// Offsets on both sides of each centre, the nearest of all of them first; of too many centres some, drawn by lot.
    private static func around(
        _ centres: [Int64], _ log: Range<Int64>, count: Int, step: Int64, using random: inout SplitMix
    ) -> [Int64] {
        // A commit at the end has a record before it.
        let inLog = Set(centres.filter { log.contains($0) || $0 == log.upperBound }).sorted()
        let chosen = inLog.count * 2 <= count ? inLog : Array(inLog.shuffled(using: &random).prefix(max(1, count / 2)))
        guard count > 0, !chosen.isEmpty else { return [] }
        var offsets: [Int64] = []
        for index in 0..<count {
            let (centre, round) = (chosen[index % chosen.count], Int64(index / chosen.count))
            let distance = round / 2 * step
            // First the record that the commit is behind of, then the one that is read next.
            let (offset, overflows) =
                round.isMultiple(of: 2)
                ? (centre - 1).subtractingReportingOverflow(distance) : centre.addingReportingOverflow(distance)
            if !overflows, log.contains(offset) { offsets.append(offset) }
        }
        return offsets
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

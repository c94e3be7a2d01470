/// The known name a misspelt one was probably meant to be.
enum Nearest {
    /// Nil where none is near: further than a third of its length away.
    static func name(to name: String, among known: some Sequence<String>) -> String? {
        let wanted = Array(name.utf8)
        // Nobody misspells a name of this length; a hostile one must not cost a quadratic amount of work.
        guard (1...100).contains(wanted.count) else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in known where candidate.utf8.count <= 100 {
            let found = distance(wanted, Array(candidate.utf8))
            guard found <= max(1, min(wanted.count, candidate.utf8.count) / 3) else { continue }
            if found < best?.distance ?? Int.max { best = (candidate, found) }
        }
        return best?.name
    }

    /// `did you mean "…"?`, or nil.
    static func hint(_ name: String, among known: some Sequence<String>) -> String? {
        self.name(to: name, among: known).map { "did you mean \(Quoted.text($0))?" }
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let same = left[row] == right[column]
                var cost = min(last[column] + (same ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

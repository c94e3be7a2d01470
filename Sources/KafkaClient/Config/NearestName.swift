/// Finds what somebody meant who mistyped a name.
enum NearestName {
    /// The closest candidate, where it is close; of equally close ones the first in order.
    ///
    /// Close: at most a quarter of the letters differ, swapped neighbours counting once.
    static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(name.lowercased().utf8)
        guard (2...80).contains(letters.count) else { return nil }
        let limit = max(1, letters.count / 4)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().utf8)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(letters, other)
            guard distance <= limit else { continue }
            if let known = best, (known.distance, known.name) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swapped neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var above = Array(0...right.count)
        for row in left.indices {
            var line = [row + 1]
            for column in right.indices {
                var cost = min(above[column + 1], line[column]) + 1
                cost = min(cost, above[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                line.append(cost)
            }
            before = above
            above = line
        }
        return above[right.count]
    }
}

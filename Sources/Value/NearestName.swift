/// Finds what a misspelt name was meant to be.
package enum NearestName {
    /// Names longer than this are not compared: the work grows with the product of the lengths.
    private static let longest = 128

    /// The candidate with the least edit distance (insert, delete, replace, swap neighbours; case does not count), the
    /// first in byte order among equals; nil where none is near.
    ///
    /// `share`: Near is within this share of the name's length, a third unless told, at least 1 letter.
    package static func nearestName(
        to name: String, among candidates: some Sequence<String>, within share: Int = 3
    ) -> String? {
        let wanted = folded(name)
        guard !wanted.isEmpty, wanted.count <= longest else { return nil }
        let limit = max(1, wanted.count / share)
        var best: (distance: Int, name: String)?
        for candidate in candidates {
            let letters = folded(candidate)
            guard letters.count <= longest, abs(letters.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, letters)
            // A name of one or two letters replaced whole is another name, not a misspelling.
            guard distance <= limit, distance < max(wanted.count, letters.count) else { continue }
            if let (least, first) = best, distance > least || distance == least && !precedes(candidate, first) {
                continue
            }
            best = (distance, candidate)
        }
        return best?.name
    }

    private static func folded(_ name: String) -> [Unicode.Scalar] {
        name.unicodeScalars.map { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8(ascii: $0) | 0x20) : $0 }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Damerau and Levenshtein's distance, restricted: no part is edited twice.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var older: [Int] = []
        var old = Array(0...right.count)
        for row in 0..<left.count {
            var new = [row + 1]
            for column in 0..<right.count {
                var least = old[column] + (left[row] == right[column] ? 0 : 1)
                least = min(least, old[column + 1] + 1, new[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    least = min(least, older[column - 1] + 1)
                }
                new.append(least)
            }
            (older, old) = (old, new)
        }
        return old[right.count]
    }
}

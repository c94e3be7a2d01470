/// Which elements of two sequences correspond: pairs of equal ones that rise in both.
package struct Alignment: Hashable, Sendable {
    package struct Pair: Hashable, Sendable {
        package var source: Int
        package var target: Int
    }

    package let pairs: [Pair]

    /// Aligns two sequences in O(n log n).
    ///
    /// What is equal at both ends is taken off; equal elements of the rest are paired in the order in which they come
    /// up, the longest rising run of those pairs is kept, and what lies between its members is aligned in the same way.
    /// For elements that come once in each sequence this is a longest common subsequence.
    package init<Element: Hashable>(_ source: ArraySlice<Element>, _ target: ArraySlice<Element>) {
        var pairs: [Pair] = []
        var gaps = [(source: source.indices, target: target.indices)]
        // Sequences made for it could be split one element at a time: what is left then is left unaligned.
        var work = 0
        let mostWork = 64 * (source.count + target.count)
        while let gap = gaps.popLast(), work <= mostWork {
            work += gap.source.count + gap.target.count
            var (source, target) = (source[gap.source], target[gap.target])
            while let one = source.first, let other = target.first, one == other {
                pairs.append(Pair(source: source.startIndex, target: target.startIndex))
                source = source.dropFirst()
                target = target.dropFirst()
            }
            while let one = source.last, let other = target.last, one == other {
                pairs.append(Pair(source: source.endIndex - 1, target: target.endIndex - 1))
                source = source.dropLast()
                target = target.dropLast()
            }
            guard !source.isEmpty, !target.isEmpty else { continue }
            let anchors = Self.longestRise(Self.equalPairs(source, target))
            guard !anchors.isEmpty else { continue }
            pairs += anchors
            var from = (source: source.startIndex, target: target.startIndex)
            for anchor in anchors {
                gaps.append((from.source..<anchor.source, from.target..<anchor.target))
                from = (anchor.source + 1, anchor.target + 1)
            }
            gaps.append((from.source..<source.endIndex, from.target..<target.endIndex))
        }
        self.pairs = pairs.sorted { $0.source < $1.source }
    }

    package init<Element: Hashable>(_ source: [Element], _ target: [Element]) {
        self.init(source[...], target[...])
    }

    /// The n-th of an element in the one with the n-th of it in the other, in the order of the source.
    private static func equalPairs<Element: Hashable>(
        _ source: ArraySlice<Element>, _ target: ArraySlice<Element>
    ) -> [Pair] {
        // For each element the places where it comes, the first at the end.
        var places: [Element: [Int]] = [:]
        places.reserveCapacity(target.count)
        for index in target.indices.reversed() { places[target[index], default: []].append(index) }
        var pairs: [Pair] = []
        for index in source.indices {
            if let place = places[source[index]]?.popLast() { pairs.append(Pair(source: index, target: place)) }
        }
        return pairs
    }

    /// The longest subsequence whose targets rise, by patience sorting; `pairs` rise in their sources.
    private static func longestRise(_ pairs: [Pair]) -> [Pair] {
        // The index of the pair with the smallest target that ends a run of each length, and what comes before it.
        var tails: [Int] = []
        var previous = [Int](repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var range = tails.indices
            while !range.isEmpty {
                let middle = range.lowerBound + range.count / 2
                if pairs[tails[middle]].target < pair.target {
                    range = middle + 1..<range.upperBound
                } else {
                    range = range.lowerBound..<middle
                }
            }
            let length = range.lowerBound
            if length > 0 { previous[index] = tails[length - 1] }
            if length == tails.count { tails.append(index) } else { tails[length] = index }
        }
        var run: [Pair] = []
        var next = tails.last ?? -1
        while next >= 0 {
            run.append(pairs[next])
            next = previous[next]
        }
        return run.reversed()
    }
}

/// What lies between two neighbouring pairs of an alignment, in both sequences; one of them may be empty.
package struct AlignmentGap: Hashable, Sendable {
    package var source: Range<Int>
    package var target: Range<Int>
}

extension Alignment {
    /// The gaps between the pairs, and at both ends, for sequences of these lengths.
    package func gaps(sourceCount: Int, targetCount: Int) -> [AlignmentGap] {
        var gaps: [AlignmentGap] = []
        var from = (source: 0, target: 0)
        for pair in pairs + [Pair(source: sourceCount, target: targetCount)] {
            if from.source < pair.source || from.target < pair.target {
                gaps.append(
                    AlignmentGap(source: from.source..<pair.source, target: from.target..<pair.target))
            }
            from = (pair.source + 1, pair.target + 1)
        }
        return gaps
    }
}

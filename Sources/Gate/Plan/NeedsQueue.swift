/// Gates that wait for others, and those of them that may go next; of many, at a cost that hardly grows with them.
package struct NeedsQueue {
    /// By gate, how many of those it needs have not ended.
    private var open: [Int]
    /// By gate, those that need it.
    private var dependents: [[Int]]
    /// A heap: none is behind those at twice its place and one or two more.
    private var ready: [Int]

    /// `needs`: By gate, the indexes of those it needs.
    package init(_ needs: [[Int]]) {
        open = needs.map(\.count)
        dependents = [[Int]](repeating: [], count: needs.count)
        // In order, so that it is a heap.
        ready = needs.indices.filter { needs[$0].isEmpty }
        for (index, found) in needs.enumerated() {
            for need in found { dependents[need].append(index) }
        }
    }

    /// Takes the first, as written, of the gates that may go; nil where all others wait.
    package mutating func next() -> Int? {
        guard let first = ready.first, let last = ready.popLast() else { return nil }
        guard !ready.isEmpty else { return first }
        ready[0] = last
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < ready.count && ready[child] < ready[least] {
                least = child
            }
            if least == at { return first }
            ready.swapAt(at, least)
            at = least
        }
    }

    /// To be called once for each gate that was taken: those that need it wait for it no longer.
    package mutating func end(_ index: Int) {
        for dependent in dependents[index] {
            open[dependent] -= 1
            if open[dependent] == 0 { add(dependent) }
        }
    }

    private mutating func add(_ index: Int) {
        ready.append(index)
        var at = ready.count - 1
        while at > 0, ready[at] < ready[(at - 1) / 2] {
            ready.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }
}

import Gate
import Testing

@Suite("NeedsQueue")
struct NeedsQueueTests {
    @Test("the first as written goes next, and what waits goes as soon as all it needs has ended")
    func order() {
        var queue = NeedsQueue([[2, 3], [], [], [1]])
        #expect(queue.next() == 1 && queue.next() == 2 && queue.next() == nil)
        queue.end(2)
        #expect(queue.next() == nil)
        queue.end(1)
        #expect(queue.next() == 3 && queue.next() == nil)
        queue.end(3)
        #expect(queue.next() == 0 && queue.next() == nil)
    }

    @Test("a gate that waits for itself or in a ring is never taken")
    func rings() {
        var queue = NeedsQueue([[0], [2], [1], []])
        #expect(queue.next() == 3)
        queue.end(3)
        #expect(queue.next() == nil)
    }

    @Test("of any gates, ended in any order, it takes those that looking at all of them would", arguments: 0..<50)
    func asByLookingAtAll(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...40, using: &random)
        // Each needs some of those with a lower rank; the ranks are in any order.
        let ranks = Array(0..<count).shuffled(using: &random)
        let needs = (0..<count).map { gate in
            (0..<count).filter { ranks[$0] < ranks[gate] && Int.random(in: 0..<8, using: &random) == 0 }
        }
        var queue = NeedsQueue(needs)
        var (waiting, running, ended) = (Array(0..<count), [Int](), Set<Int>())
        while ended.count < count {
            while running.count < 4 {
                let expected = waiting.first { needs[$0].allSatisfy(ended.contains) }
                #expect(queue.next() == expected)
                guard let expected else { break }
                waiting.removeAll { $0 == expected }
                running.append(expected)
            }
            guard let place = running.indices.randomElement(using: &random) else { break }
            let gate = running.remove(at: place)
            ended.insert(gate)
            queue.end(gate)
        }
        #expect(ended.count == count)
    }
}

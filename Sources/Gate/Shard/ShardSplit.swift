import Value

/// Which shard scans which unit.
///
/// It has to come out the same on every machine, so it may rest on nothing that could change between two of them: on
/// sizes where all are given the same ones, and else on the names alone, as the logs grow while they are looked at.
package struct ShardSplit: Sendable {
    private let count: Int
    private let bySize: [ScanUnit: Int]

    /// `sizes`: Of the units whose size all shards know alike; those are spread so that every shard has about as much.
    package init(count: Int, sizes: [ScanUnit: Int64] = [:]) {
        self.count = max(1, count)
        bySize = Self.spread(sizes, over: self.count)
    }

    package func shard(of unit: ScanUnit) -> Int { bySize[unit] ?? shard(byNameOf: unit) }

    /// Partitions of a topic go round, beginning where its name says: one partition more, or one topic, moves no other.
    private func shard(byNameOf unit: ScanUnit) -> Int {
        let start = Int(unit.topic.bytes.fnv1a % UInt64(count))
        return (start + Int(max(0, unit.partition)) % count) % count
    }

    /// The largest first, each to the shard that has least so far.
    private static func spread(_ sizes: [ScanUnit: Int64], over count: Int) -> [ScanUnit: Int] {
        var loads = LeastLoaded(count: count)
        var shards: [ScanUnit: Int] = [:]
        let ordered = sizes.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        for (unit, size) in ordered {
            // An empty partition is work too: a question to its leader.
            shards[unit] = loads.add(max(1, size))
        }
        return shards
    }
}

/// A heap of what shards have to do, the least loaded on top; of equals the one with the smaller number.
private struct LeastLoaded {
    private var heap: [(load: Int64, shard: Int)]

    init(count: Int) { heap = (0..<count).map { (load: 0, shard: $0) } }

    /// Gives work to the top, and says which it is.
    mutating func add(_ size: Int64) -> Int {
        let shard = heap[0].shard
        heap[0].load = heap[0].load.saturatingSum(size)
        sink()
        return shard
    }

    private mutating func sink() {
        var place = 0
        while true {
            let children = [2 * place + 1, 2 * place + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[place] else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}

extension [UInt8] {
    /// The 64-bit FNV-1a hash: of a name, the same everywhere and always.
    fileprivate var fnv1a: UInt64 {
        reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

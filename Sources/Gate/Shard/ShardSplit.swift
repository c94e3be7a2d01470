import Value

/// Which shard scans which unit.
///
/// It has to come out the same on every machine, so it may rest on nothing that could change between two of them: on
/// sizes where all are given the same ones, and else on the names alone, as the logs grow while they are looked at.
package struct ShardSplit: Sendable {
    private let count: Int
    private let bySize: [ScanUnit: Int]
    /// The ranges of partitions that are cut.
    private var ranges: [ScanUnit: [ScanUnit]] = [:]

    /// `sizes`: Of the units whose size all shards know alike; those are spread so that every shard has about as much.
    package init(count: Int, sizes: [ScanUnit: Int64] = [:]) {
        self.count = max(1, count)
        bySize = Self.spread(sizes, over: self.count)
    }

    /// A split that cuts partitions of twice `smallest` offsets into ranges, where they are half again a fair share.
    ///
    /// `logs`: From where to where all shards know each partition to reach.
    package init(count: Int, logs: [ScanUnit: Range<Int64>], cuttingFrom smallest: Int64) {
        let total = logs.values.reduce(Int64(0)) { $0.saturatingSum($1.upperBound - $1.lowerBound) }
        let fair = max(1, total / Int64(max(1, count)))
        var sizes: [ScanUnit: Int64] = [:]
        var ranges: [ScanUnit: [ScanUnit]] = [:]
        for (unit, log) in logs {
            let size = log.upperBound - log.lowerBound
            let wanted = size / fair + (size % fair >= fair - fair / 2 ? 1 : 0)
            let pieces = Int(clamping: min(wanted, size / max(1, smallest), Int64(max(1, count))))
            guard pieces > 1 else {
                sizes[unit] = size
                continue
            }
            let parts = ScanRange.cut(log, into: pieces).map { ScanUnit(unit.topic, unit.partition, $0) }
            for part in parts { sizes[part] = part.range.map { $0.to - $0.from } }
            ranges[unit] = parts
        }
        self.init(count: count, sizes: sizes)
        self.ranges = ranges
    }

    /// The units of a partition: its ranges, or itself.
    package func units(of partition: ScanUnit) -> [ScanUnit] { ranges[partition] ?? [partition] }

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

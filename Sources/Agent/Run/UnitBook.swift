import Evidence
import Gate
import Guarding
import KafkaClient
import Value

/// What one attempt of a gate asked to scan, partitions or ranges of them, and what of it is this shard's.
final class UnitBook: Sendable {
    /// The book, closed.
    struct Account: Sendable {
        let shard: Shard
        /// Those of this shard, in order.
        let taken: [ScanUnit]
        /// How many were asked for, and the digest of which: what all shards have to agree on.
        let total: Int
        let digest: String
        let basis: Basis
        /// Of the ranges taken, what they were found to be; those that could not be scanned are not in it.
        let bounds: [ScanUnit: ScanBounds]
    }

    /// What the split rests on.
    enum Basis: String, Sendable {
        /// The sizes in the frozen vector.
        case freeze
        /// Nothing but names.
        case names
    }

    private struct State {
        /// Whether it is this shard's.
        var asked: [ScanUnit: Bool] = [:]
        var bounds: [ScanUnit: ScanBounds] = [:]
        /// By the size from which partitions are cut.
        var splits: [Int64: ShardSplit] = [:]
    }

    private let shard: Shard
    private let split: ShardSplit
    private let basis: Basis
    private let frozen: [ScanUnit: FreezeVector.Partition]
    private let state = Guarded(State())

    /// `freeze`: Gives the sizes of the source's partitions, and only of those that the gate is about.
    init(_ shard: Shard, freeze: FreezeVector?, of step: PreparedRun.Step) {
        self.shard = shard
        frozen = freeze.map { Self.partitions($0, of: step) } ?? [:]
        basis = frozen.isEmpty ? .names : .freeze
        split = ShardSplit(count: shard.count, sizes: frozen.mapValues { max(0, $0.end - $0.start) })
    }

    /// Takes note of partitions, and returns what of them is to be scanned here.
    ///
    /// `smallest`: Nil where partitions have to stay whole.
    func share(of partitions: [TopicPartition], cuttingFrom smallest: Int64?) -> [ScanPart] {
        state.withLock { state in
            var split = split
            if let smallest, smallest > 0, basis == .freeze {
                split = state.splits[smallest] ?? ShardSplit(count: shard.count, logs: logs, cuttingFrom: smallest)
                state.splits[smallest] = split
            }
            var parts: [ScanPart] = []
            for partition in partitions {
                let whole = ScanUnit(partition)
                for unit in split.units(of: whole) {
                    let isMine = split.shard(of: unit) == shard.index
                    state.asked[unit] = isMine || (state.asked[unit] ?? false)
                    guard isMine else { continue }
                    let log = frozen[whole]
                    parts.append(ScanPart(partition, unit.range, topicID: log?.topicID, frozenEnd: log?.stable))
                }
            }
            return parts
        }
    }

    /// Takes note of what a range was found to be.
    func note(_ bounds: ScanBounds, of part: ScanPart) {
        state.withLock { $0.bounds[part.unit] = bounds }
    }

    func account() throws(EvidenceError) -> Account {
        let state = state.withLock { $0 }
        return Account(
            shard: shard, taken: state.asked.filter(\.value).map(\.key).sorted(), total: state.asked.count,
            digest: try SHA256.hex(ScanUnit.listing(state.asked.keys)), basis: basis, bounds: state.bounds)
    }

    /// The logs that may be cut, and the sizes of the others.
    ///
    /// Without an id a topic could be made anew between the scans of two of its ranges, and nobody would see it.
    private var logs: [ScanUnit: Range<Int64>] {
        frozen.filter { $0.value.topicID != nil }.mapValues { $0.start..<max($0.start, $0.stable) }
    }

    /// The frozen partitions that the arguments `topics` and `partitions` select, by the gates' common meaning of them.
    ///
    /// A selection that cannot be read leaves all: the split is then less even, and no less whole.
    private static func partitions(
        _ freeze: FreezeVector, of step: PreparedRun.Step
    ) -> [ScanUnit: FreezeVector.Partition] {
        guard step.sides.contains(.source) else { return [:] }
        let topics = step.arguments["topics"]?.value.strings.flatMap { try? GlobList($0) }
        let names = topics.map { Set($0.select(from: freeze.topics).names) }
        let chosen = step.arguments["partitions"]?.value.integers ?? []
        var found: [ScanUnit: FreezeVector.Partition] = [:]
        for partition in freeze.partitions {
            let unit = ScanUnit(ByteString(partition.topic), Int32(clamping: partition.partition))
            guard names?.contains(unit.topic) ?? true, chosen.isEmpty || chosen.contains(partition.partition) else {
                continue
            }
            found[unit] = partition
        }
        return found
    }
}

extension ScanUnit {
    init(_ partition: TopicPartition) { self.init(ByteString(partition.topic), partition.partition) }
}

extension Question {
    /// Those of the partitions that this run scans: all of them, unless it is a shard.
    func share(of partitions: [TopicPartition]) -> [TopicPartition] {
        units?.share(of: partitions, cuttingFrom: nil).map(\.partition) ?? partitions
    }

    /// The same, where partitions of twice so many offsets may be cut into ranges.
    func parts(of partitions: [TopicPartition], cuttingFrom smallest: Int64?) -> [ScanPart] {
        units?.share(of: partitions, cuttingFrom: smallest) ?? partitions.map { ScanPart($0) }
    }
}

extension Value {
    fileprivate var strings: [ByteString]? {
        guard case .list(let items) = self else { return nil }
        return items.compactMap { item in
            if case .string(let text) = item { text } else { nil }
        }
    }

    fileprivate var integers: [Int64]? {
        guard case .list(let items) = self else { return nil }
        return items.compactMap { item in
            if case .integer(let number) = item { number } else { nil }
        }
    }
}

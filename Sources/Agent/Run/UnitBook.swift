import Evidence
import Gate
import Guarding
import KafkaClient
import Value

/// The partitions that one attempt of a gate asked to scan, and those of them that are this shard's.
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
    }

    /// What the split rests on.
    enum Basis: String, Sendable {
        /// The sizes in the frozen vector.
        case freeze
        /// Nothing but names.
        case names
    }

    private let shard: Shard
    private let split: ShardSplit
    private let basis: Basis
    private let asked = Guarded<Set<ScanUnit>>([])

    /// `freeze`: Gives the sizes of the source's partitions, and only of those that the gate is about.
    init(_ shard: Shard, freeze: FreezeVector?, of step: PreparedRun.Step) {
        self.shard = shard
        let sizes = freeze.map { Self.sizes($0, of: step) } ?? [:]
        basis = sizes.isEmpty ? .names : .freeze
        split = ShardSplit(count: shard.count, sizes: sizes)
    }

    /// Takes note of partitions, and returns those that are to be scanned here.
    func share(of partitions: [TopicPartition]) -> [TopicPartition] {
        let units = partitions.map { ScanUnit($0) }
        asked.withLock { $0.formUnion(units) }
        return zip(partitions, units).filter { split.shard(of: $0.1) == shard.index }.map(\.0)
    }

    func account() throws(EvidenceError) -> Account {
        let all = asked.withLock { $0 }
        return Account(
            shard: shard, taken: all.filter { split.shard(of: $0) == shard.index }.sorted(), total: all.count,
            digest: try SHA256.hex(ScanUnit.listing(all)), basis: basis)
    }

    /// Offsets in each partition that the arguments `topics` and `partitions` select, by the gates' common meaning of them.
    ///
    /// A selection that cannot be read leaves all: the split is then less even, and no less whole.
    private static func sizes(_ freeze: FreezeVector, of step: PreparedRun.Step) -> [ScanUnit: Int64] {
        guard step.sides.contains(.source) else { return [:] }
        let topics = step.arguments["topics"]?.value.strings.flatMap { try? GlobList($0) }
        let names = topics.map { Set($0.select(from: freeze.topics).names) }
        let chosen = step.arguments["partitions"]?.value.integers ?? []
        var sizes: [ScanUnit: Int64] = [:]
        for partition in freeze.partitions {
            let unit = ScanUnit(ByteString(partition.topic), Int32(clamping: partition.partition))
            guard names?.contains(unit.topic) ?? true, chosen.isEmpty || chosen.contains(partition.partition) else {
                continue
            }
            sizes[unit] = max(0, partition.end - partition.start)
        }
        return sizes
    }
}

extension ScanUnit {
    init(_ partition: TopicPartition) { self.init(ByteString(partition.topic), partition.partition) }
}

extension Question {
    /// Those of the partitions that this run scans: all of them, unless it is a shard.
    func share(of partitions: [TopicPartition]) -> [TopicPartition] { units?.share(of: partitions) ?? partitions }
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

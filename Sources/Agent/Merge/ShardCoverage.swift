import Evidence
import Gate

/// Whether the shards of a run have together scanned every partition that a gate asked for, and each once.
enum ShardCoverage {
    /// What is wrong; nil where nothing is.
    ///
    /// `shards`: One of each number.
    static func problem(of gate: String, in shards: [ShardEvidence]) throws(EvidenceError) -> GateFinished.Reason? {
        var owners: [ScanUnit: Int] = [:]
        var shares: [GateFinished.Share] = []
        for shard in shards {
            guard let share = shard.ends[gate]?.share, let index = shard.index else {
                return .init(code: "shard", message: "does not say what it scanned", shard: shard.index)
            }
            shares.append(share)
            var listed = 0
            for units in shard.units[gate] ?? [] {
                for partition in units.partitions {
                    let unit = ScanUnit(units.topic, partition)
                    listed += 1
                    if let other = owners.updateValue(index, forKey: unit) {
                        let fact = "\(unit) was scanned by shards \(min(other, index)) and \(max(other, index))"
                        return .init(code: "shard", message: fact)
                    }
                }
            }
            guard listed == share.units else {
                let fact = "lists \(listed) partitions, and scanned \(share.units)"
                return .init(code: "shard", message: fact, shard: index)
            }
        }
        guard Set(shares.map(\.digest)).count == 1, let share = shares.first else {
            return .init(
                code: "changed_underfoot",
                message: "shards had different partitions to share out: topics or partitions came or went meanwhile")
        }
        guard owners.count == share.total, try SHA256.hex(ScanUnit.listing(owners.keys)) == share.digest else {
            return .init(
                code: "shard", message: "\(owners.count) of \(share.total) partitions were scanned by a shard")
        }
        return nil
    }
}

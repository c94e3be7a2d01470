import Evidence
import Gate

/// Whether the shards of a run have together scanned all that a gate asked for, and each part once.
enum ShardCoverage {
    /// What is wrong; nil where nothing is.
    ///
    /// `shards`: One of each number.
    static func problem(of gate: String, in shards: [ShardEvidence]) throws(EvidenceError) -> GateFinished.Reason? {
        var owners: [ScanUnit: Int] = [:]
        var tilings: [ScanUnit: ScanTiling] = [:]
        var shares: [GateFinished.Share] = []
        for shard in shards {
            guard let share = shard.ends[gate]?.share, let index = shard.index else {
                return .init(code: "shard", message: "does not say what it scanned", shard: shard.index)
            }
            shares.append(share)
            let ranges = (shard.ranges[gate] ?? []).map { ($0, $0.unit) }
            for (range, unit) in ranges {
                guard let place = unit.range else { continue }
                tilings[unit.whole, default: ScanTiling()].add(place, range.bounds)
            }
            let listed = (shard.units[gate] ?? []).flatMap(\.units) + ranges.map(\.1)
            for unit in listed {
                if let other = owners.updateValue(index, forKey: unit) {
                    let fact = "\(unit) was scanned by shards \(min(other, index)) and \(max(other, index))"
                    return .init(code: "shard", message: fact)
                }
            }
            guard listed.count == share.units else {
                let fact = "lists \(listed.count) parts, and scanned \(share.units)"
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
                code: "shard", message: "\(owners.count) of \(share.total) parts were scanned by a shard")
        }
        for (partition, tiling) in tilings.sorted(by: { $0.key < $1.key }) {
            guard let problem = tiling.problem else { continue }
            let hint = "run the shards again with one and the same --freeze, or without ranges (range=0)"
            return .init(code: "shard", message: "\(partition): \(problem); \(hint)")
        }
        return nil
    }
}

extension ShardEvidence.Units {
    fileprivate var units: [ScanUnit] { partitions.map { ScanUnit(topic, $0) } }
}

extension ShardEvidence.Range {
    fileprivate var unit: ScanUnit {
        ScanUnit(topic, partition, ScanRange(index: index, of: count, from: offsets.from, to: offsets.to))
    }

    fileprivate var bounds: ScanBounds? {
        source.map {
            ScanBounds(
                sourceFrom: $0.from, sourceTo: $0.to, targetFrom: target?.from, targetTo: target?.to,
                targetID: targetID)
        }
    }
}

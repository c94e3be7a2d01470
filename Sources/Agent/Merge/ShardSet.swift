import Evidence
import Value

/// Files that were given as the shards of one run: which of them are, and what keeps them from being all of it.
struct ShardSet: Sendable {
    /// A file, and why it is not one of the shards, if it is not.
    struct File: Sendable {
        let evidence: ShardEvidence
        var problem: String?
    }

    /// In the order given.
    private(set) var files: [File]
    /// What is wrong with the set as a whole, for people: any of it keeps the run from a pass.
    private(set) var problems: [String] = []

    /// What a file that was read says of the run.
    ///
    /// Nil where none of the files is evidence of a shard.
    init?(_ evidence: [ShardEvidence]) {
        files = evidence.map { File(evidence: $0, problem: Self.problem(of: $0)) }
        guard let model = Self.model(files) else { return nil }
        for index in files.indices where files[index].problem == nil {
            files[index].problem = Self.difference(of: files[index].evidence, from: model)
        }
        refuseOtherClusters()
        problems = files.compactMap { file in file.problem.map { "\(file.evidence.path): \($0)" } }
        problems += Self.gaps(in: shards)
    }

    /// Those that belong together, by their number; of one number there may be several.
    var shards: [ShardEvidence] {
        files.filter { $0.problem == nil }.map(\.evidence).enumerated().sorted {
            ($0.element.index ?? 0, $0.offset) < ($1.element.index ?? 0, $1.offset)
        }.map(\.element)
    }

    // MARK: One file

    static func problem(of evidence: ShardEvidence) -> String? {
        guard evidence.verification.isOK else {
            let detail = evidence.verification.detail
            return "does not verify: \(evidence.verification.outcome)" + (detail.isEmpty ? "" : " (\(detail))")
        }
        if let problem = evidence.problem { return problem }
        if evidence.isMerged { return "is no shard, but what was made of shards" }
        return evidence.share == nil ? "is no shard: that run had no --shard" : nil
    }

    /// The shard that most others are like, the first of them.
    private static func model(_ files: [File]) -> ShardEvidence? {
        var counts: [String: Int] = [:]
        for file in files where file.problem == nil { counts[key(file.evidence), default: 0] += 1 }
        let most = counts.values.max() ?? 0
        return files.first { $0.problem == nil && counts[key($0.evidence)] == most }?.evidence
    }

    /// All that has to be the same, as one text.
    private static func key(_ shard: ShardEvidence) -> String {
        var parts = [
            "\(shard.count ?? 0)", shard.verification.mode, shard.version, shard.plan?.sha256, shard.freeze?.id,
            shard.share?.work,
        ]
        parts += shard.gates.flatMap { [$0.id, $0.sha256] }
        parts += shard.prior.map(\.head)
        return parts.map { $0 ?? "" }.joined(separator: "\n")
    }

    /// What makes a shard one of another run.
    private static func difference(of shard: ShardEvidence, from model: ShardEvidence) -> String? {
        guard shard.count == model.count else {
            return "is one of \(shard.count ?? 0) shards, others are of \(model.count ?? 0)"
        }
        guard shard.verification.mode == model.verification.mode else {
            return "was a run of mode \(shard.verification.mode ?? ""), others of \(model.verification.mode ?? "")"
        }
        guard shard.version == model.version else {
            return "was written by sluice \(shard.version), others by \(model.version)"
        }
        guard shard.plan?.sha256 == model.plan?.sha256 else { return "ran another plan than the others" }
        guard shard.gates.map(\.id) == model.gates.map(\.id) else { return "ran other gates than the others" }
        if let other = zip(shard.gates, model.gates).first(where: { $0.0.sha256 != $0.1.sha256 }) {
            return "its gate \(other.0.id) is another file than that of the others"
        }
        guard shard.freeze?.id == model.freeze?.id else { return "had another --freeze than the others" }
        guard shard.prior.map(\.head) == model.prior.map(\.head) else { return "had another --prior than the others" }
        guard shard.share?.work == model.share?.work, shard.share?.split == model.share?.split,
            shard.share?.decides == model.share?.decides
        else { return "had other arguments or another mapping of names than the others" }
        return nil
    }

    /// Of each side the cluster that most shards found is the one that is meant.
    private mutating func refuseOtherClusters() {
        for role in ["source", "target"] {
            var counts: [String: Int] = [:]
            for id in shards.compactMap({ $0.clusterID(of: role) }) { counts[id, default: 0] += 1 }
            let most = counts.values.max()
            let meant = shards.compactMap { $0.clusterID(of: role) }.first { counts[$0] == most }
            for index in files.indices where files[index].problem == nil {
                guard let id = files[index].evidence.clusterID(of: role), let meant, id != meant else { continue }
                files[index].problem = "its \(role) was the cluster \(id), that of others \(meant)"
            }
        }
    }

    // MARK: All of them

    private static func gaps(in shards: [ShardEvidence]) -> [String] {
        guard let count = shards.first?.count else { return [] }
        var problems: [String] = []
        let byIndex = Dictionary(grouping: shards) { $0.index ?? 0 }
        for (index, same) in byIndex.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            let names = same.map(\.path).joined(separator: ", ")
            let isOneRun = Set(same.map { $0.verification.head ?? "" }).count == 1
            problems.append(
                "shard \(index) of \(count) is there \(same.count) times\(isOneRun ? ", as the same run" : ""): \(names)"
            )
        }
        let missing = (0..<Int64(count)).filter { byIndex[Int($0)] == nil }
        if !missing.isEmpty {
            let ranges = PartitionRanges.text(missing[...]).split(separator: ",")
            let rest = ranges.count > 20 ? " … (\(missing.count) in all)" : ""
            problems.append("missing of \(count) shards: \(ranges.prefix(20).joined(separator: ", "))\(rest)")
        }
        for shard in shards {
            let code = shard.verification.exitCode
            guard code != 1, code != 2 else { continue }
            let fact = code == 130 || code == 143 ? "was interrupted" : "did not end as a shard does"
            problems.append("\(shard.path): \(fact) (exit code \(code ?? 0))")
        }
        return problems
    }
}

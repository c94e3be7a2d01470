import Evidence
import Gate
import Value

extension Preparation {
    /// What `--shard` makes of the run; nil without it.
    func share(
        of steps: [PreparedRun.Step], planDigest: String?, mapping: TopicMapping, earlier: EarlierEvidence
    ) throws(AgentError) -> PreparedRun.WorkShare? {
        guard let shard = request.shard else { return nil }
        try checkShares(steps)
        let work: Value = [
            "version": .text(environment.version), "commit": Value(environment.commit),
            "shards": .integer(Int64(shard.count)), "plan": Value(planDigest),
            "gates": .list(steps.map(\.work)), "mapping": mapping.work,
            "freeze": Value(earlier.freeze?.id),
            "prior": .list(earlier.prior.map { Value($0.verification.head) }),
        ]
        do {
            return PreparedRun.WorkShare(shard: shard, work: try SHA256.hex(JSONWriter.write(work)))
        } catch {
            throw AgentError(.software, "the work of a shard has no digest: \(error)")
        }
    }

    /// What cannot be shared out, or would go wrong if each shard did it.
    private func checkShares(_ steps: [PreparedRun.Step]) throws(AgentError) {
        let shared = steps.filter(\.manifest.shardable).map(\.id)
        guard !shared.isEmpty else {
            throw AgentError(
                .badInput, "--shard: none of the gates has scans to share out; run them without it (sluice doc GATE)")
        }
        for step in steps {
            if let effect = step.manifest.effects.first {
                throw AgentError(
                    .badInput,
                    "--shard: every shard would run gate \(step.id), and its effect '\(effect.rawValue)' would come as "
                        + "often; run it without --shard")
            }
            if let need = step.needs.first(where: shared.contains) {
                throw AgentError(
                    .badInput,
                    "--shard: gate \(step.id) needs \(need), of which a shard sees only a part; run it after sluice merge"
                )
            }
        }
    }
}

extension PreparedRun.Step {
    /// All of it that decides what it judges.
    fileprivate var work: Value {
        var values: [ByteString: Value] = [:]
        for entry in arguments.entries { values[ByteString(entry.name)] = entry.value }
        return [
            "id": .text(id), "sha256": .text(file.digest), "args": .map(values), "decides": .bool(decides),
            "needs": .list(needs.map { .text($0) }),
        ]
    }
}

extension TopicMapping {
    fileprivate var work: Value {
        [
            "topics": .text(topics.text), "groups": .text(groups.text),
            "topic_names": .list(
                topicNames.sorted { $0.key < $1.key }.map { .list([.string($0.key), .string($0.value)]) }),
        ]
    }
}

import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let committed = Primitive(
        "committed", "What a group has committed.",
        apis: [
            "OffsetFetch (DESCRIBE on the group, and on the topics: without names, those without it are left out)",
            "FindCoordinator",
        ],
        parameters: [
            Parameter("group", .string, required: true, "The group's id."),
            Parameter("topics", .strings, "Names or globs. Without: every partition the group has a commit in."),
            Parameter("stable", .boolean, "Wait for transactional commits that are still open (default true)."),
        ],
        fields: [
            Field("group", "string", "The group's id."),
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("offset", "integer?", "The commit: the next record to read. Nil where there is none."),
            Field("none", "boolean", "There is no commit."),
            Field("leader_epoch", "integer?", "The leader epoch committed with it; of this cluster only."),
            Field("metadata", "string?", "The text committed with it."),
        ]
    ) { question throws(KafkaError) in
        let group = question.string("group") ?? ""
        var partitions: [TopicPartition]?
        var missing: [(topic: String, error: KafkaError)] = []
        if question.arguments["topics"] != nil {
            let selection = try await question.partitions("topics")
            partitions = selection.partitions
            missing = selection.missing
        }
        let stable = question.arguments["stable"] == nil || question.flag("stable")
        let found = try await question.cluster.cluster.committedOffsets(
            of: group, partitions: partitions, stable: stable, question.context)
        return question.commitRows(group, found, missing)
    }
}

extension Question {
    fileprivate func commitRows(
        _ group: String, _ found: [Measured<CommittedOffset>], _ missing: [(topic: String, error: KafkaError)]
    ) -> RowList {
        var failures = found.enumerated().compactMap { index, commit in
            commit.error.map { RowFailure(index: index, error: $0) }
        }
        for (index, entry) in missing.enumerated() {
            failures.append(RowFailure(index: found.count + index, error: entry.error))
        }
        let group = Value.text(group)
        return rows(found.count + missing.count, failures: failures) { index in
            guard index < found.count else {
                let entry = missing[index - found.count]
                return Row(["group": group, "topic": .text(entry.topic)], error: entry.error)
            }
            switch found[index] {
            case .value(let commit):
                return Row(
                    ordered: group, .text(commit.partition.topic), .integer(Int64(commit.partition.partition)),
                    Value(commit.offset), .bool(commit.offset == nil), Value(commit.leaderEpoch),
                    Value(commit.metadata))
            case .unknown(let error):
                return Row(
                    [
                        "group": group, "topic": Value(error.partition?.topic),
                        "partition": Value(error.partition?.partition),
                    ], error: error)
            }
        }
    }
}

import KafkaClient
import KafkaFacts
import KafkaRecords
import Value

extension Primitive {
    static let lag = Primitive(
        "lag",
        "Where a group stands in each partition. `lag` is a span of offsets: it bounds the number of records from above.",
        apis: [
            "OffsetFetch (DESCRIBE on the group, and on the topics: without names, those without it are left out)",
            "ListOffsets (DESCRIBE on the topics)",
            "Fetch (READ on the topics: to confirm the ends, else `end_confirmed` is false)",
        ],
        parameters: [
            Parameter("group", .string, required: true, "The group's id."),
            Parameter("topics", .strings, "Names or globs. Without: every topic the group has a commit in."),
            Parameter(
                "isolation", .word(["read_uncommitted", "read_committed"]),
                "What `lag` reaches up to: the high watermark (default), or the last stable offset."),
        ],
        fields: [
            Field("group", "string", "The group's id."),
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("committed", "integer?", "The commit; nil where there is none."),
            Field("none", "boolean", "There is no commit."),
            Field("start_offset", "integer", "The start of the log."),
            Field("end_offset", "integer", "The high watermark."),
            Field("stable_offset", "integer", "The last stable offset."),
            Field("lag", "integer?", "Offsets from the commit to the end; negative where the commit is beyond it."),
            Field("end_confirmed", "boolean", "Fetch gave the same end."),
        ]
    ) { question throws(KafkaError) in
        let group = question.string("group") ?? ""
        var topics: [String]?
        var missing: [(topic: String, error: KafkaError)] = []
        if let patterns = question.strings("topics") {
            var names: [String] = []
            for entry in try await question.topicEntries(patterns) {
                switch entry {
                case .name(let name): names.append(name)
                case .nothing(let pattern, let error): missing.append((pattern, error))
                }
            }
            topics = names
        }
        let found = try await question.cluster.cluster.lag(of: group, topics: topics, question.context)
        return question.lagRows(group, found, missing)
    }
}

extension Question {
    fileprivate func lagRows(
        _ group: String, _ found: [(partition: TopicPartition, lag: Measured<PartitionLag>)],
        _ missing: [(topic: String, error: KafkaError)]
    ) -> RowList {
        let isolation: IsolationLevel = string("isolation") == "read_committed" ? .readCommitted : .readUncommitted
        var failures = found.enumerated().compactMap { index, row in
            row.lag.error.map { RowFailure(index: index, error: $0) }
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
            let (partition, lag) = found[index]
            let topic = Value.text(partition.topic)
            let number = partition.partition >= 0 ? Value.integer(Int64(partition.partition)) : .null
            switch lag {
            case .unknown(let error): return Row(["group": group, "topic": topic, "partition": number], error: error)
            case .value(let lag):
                return Row(
                    ordered: group, topic, number, Value(lag.committed), .bool(lag.committed == nil),
                    .integer(lag.startOffset), .integer(lag.endOffset), .integer(lag.stableOffset),
                    Value(lag.span(isolation)), .bool(lag.isEndConfirmed))
            }
        }
    }
}

import Gate
import KafkaClient
import KafkaFacts
import KafkaRecords
import Parity
import Value

extension Primitive {
    static let comparePosition = Primitive(
        "compare.position",
        "Where a group's commit on the target stands, seen from its commit on the source: one row. The record that the "
            + "group would read next on the source is looked for on the target, with those around it.",
        apis: [
            "OffsetFetch (DESCRIBE on the group, DESCRIBE on the topics)", "FindCoordinator",
            "Fetch (READ on the topics)",
            "ListOffsets",
        ],
        parameters: [
            Parameter("group", .string, required: true, "The group, by its name on the source."),
            Parameter("topic", .string, required: true, "The topic, by its name on the source."),
            Parameter("partition", .integer, required: true, "The partition."),
            Parameter("run", .integer, "Records in a row that have to agree (default 8)."),
            Parameter("target_group", .string, "The group's name on the target. Without: by the plan's mapping."),
            Parameter("target_topic", .string, "The topic's name on the target. Without: by the plan's mapping."),
            Parameter("ignore_headers", .strings, "Keys of headers that do not count."),
            Parameter(
                "isolation", .word(["read_committed", "read_uncommitted"]), "The group's own. Default read_committed."),
        ],
        fields: [
            Field("group", "string", "The group, by its name on the source."),
            Field("topic", "string", "The topic, by its name on the source."),
            Field("partition", "integer", "The partition."),
            Field("target_group", "string", "The group's name on the target."),
            Field("target_topic", "string", "The topic's name on the target."),
            Field("relation", "string?", "exact, redeliver, skip or out_of_range; nil where `reason` says why not."),
            Field(
                "reason", "string?",
                "no_source_commit, no_target_commit, source_out_of_range, source_lost, source_empty, not_found, "
                    + "ambiguous or not_counted: why there is no relation."),
            Field("records", "integer?", "Records between the two positions: they come again, or are skipped."),
            Field("at_least", "boolean", "There may be more of them: counting stopped, or some cannot be told."),
            Field("expected", "integer?", "The offset on the target that is the same as the commit on the source."),
            Field("run_match", "integer?", "Records in a row that agree around it."),
            Field("occurrences", "integer?", "How often the target has that run: it may have been copied twice."),
            Field("approximate", "boolean", "The commit on the source lies before its log: the nearest record counts."),
            Field("source", "table", "`{ committed, offset, digest }`: the commit, and the record that comes next."),
            Field("target", "table", "The same of the target."),
        ]
    ) { question throws(KafkaError) in
        guard let target = question.counterpart?.cluster else { throw KafkaError(.cancelled) }
        let source = question.cluster.cluster
        let group = question.string("group") ?? ""
        let otherGroup = try question.targetGroup(of: group)
        let partition = question.topicPartition
        let pair = LogPair(
            source: partition,
            target: TopicPartition(try question.targetTopic(of: partition.topic), partition.partition))
        // The source's commit first: a group that goes on reading meanwhile is judged too kindly by no record.
        let sourceCommit = try await source.commit(of: group, pair.source, question.context)
        let targetCommit = try await target.commit(of: otherGroup, pair.target, question.context)
        let search = PositionSearch(
            source: source, target: target, run: Int(clamping: question.integer("run") ?? 8),
            isolation: question.isolation(default: .readCommitted),
            ignoredHeaders: Set((question.strings("ignore_headers") ?? []).map { Array($0.utf8) }), question.context)
        let found = await search.compare(pair, source: sourceCommit, target: targetCommit)
        if let error = found.error { throw error }
        return question.rows(1, bytes: 1000) { _ in
            Row(
                found.values.merging(["group": .text(group), "target_group": .text(otherGroup)]) { first, _ in first })
        }
    }
}

extension Question {
    fileprivate func targetGroup(of group: String) throws(KafkaError) -> String {
        if let name = string("target_group") { return name }
        guard let mapped = mapping?.group(of: ByteString(group)) else { return group }
        guard let name = mapped.text else { throw KafkaError(.malformed("the target's name of \(group) is no text")) }
        return name
    }
}

extension KafkaCluster {
    fileprivate func commit(
        of group: String, _ partition: TopicPartition, _ context: CallContext
    ) async throws(KafkaError) -> Int64? {
        switch try await committedOffsets(of: group, partitions: [partition], stable: true, context).first {
        case .value(let commit): return commit.offset
        case .unknown(let error): throw error
        case nil: return nil
        }
    }
}

extension PositionComparison {
    fileprivate var values: [ByteString: Value] {
        func side(_ commit: Int64?, _ record: DigestedRecord?) -> Value {
            var values: [ByteString: Value] = [:]
            if let commit { values["committed"] = .integer(commit) }
            if let record {
                values["offset"] = .integer(record.offset)
                values["digest"] = .text("\(record.digest)")
            }
            return .map(values)
        }
        let isFound = place != nil
        return [
            "topic": .text(pair.source.topic), "partition": .integer(Int64(pair.source.partition)),
            "target_topic": .text(pair.target.topic), "relation": Value(relation?.rawValue),
            "reason": Value(obstacle?.rawValue), "records": Value(records), "at_least": .bool(isAtLeast),
            "expected": Value(place), "run_match": isFound ? .integer(Int64(run)) : .null,
            "occurrences": isFound ? .integer(Int64(occurrences)) : .null, "approximate": .bool(isApproximate),
            "source": side(sourceCommit, sourceRecord), "target": side(targetCommit, targetRecord),
        ]
    }
}

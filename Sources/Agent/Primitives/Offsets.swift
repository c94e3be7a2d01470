import KafkaClient
import KafkaFacts
import KafkaWire
import Value

extension Primitive {
    private static let positions = [
        "start", "end", "stable", "max_timestamp", "local_start", "tiered", "pending_upload",
    ]

    static let offsets = Primitive(
        "offsets", "One offset of each partition of the topics.",
        apis: ["ListOffsets (DESCRIBE on the topics)", "Metadata"],
        parameters: [
            Parameter("topics", .strings, required: true, "Names or globs."),
            Parameter("partition", .integer, "Only this partition of each topic."),
            Parameter(
                "at", .integerOrWord(positions),
                "Which one: `end` (the high watermark, default), `stable`, `start`, the record with the greatest "
                    + "timestamp, tiered storage's own, or the first record at a time (ms since 1970)."),
        ],
        fields: [
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("offset", "integer?", "The offset; nil where no record answers."),
            Field("timestamp", "integer?", "Of that record, in ms since 1970, where a time was asked for."),
            Field("leader_epoch", "integer?", "The leader epoch of that offset."),
        ]
    ) { question throws(KafkaError) in
        let selection = try await question.partitions("topics")
        let measured = await question.cluster.cluster.offsets(
            question.position, of: selection.partitions, question.context)
        var failures = measured.enumerated().compactMap { index, item in
            item.error.map { RowFailure(index: index, error: $0) }
        }
        for (index, missing) in selection.missing.enumerated() {
            failures.append(RowFailure(index: measured.count + index, error: missing.error))
        }
        let missing = selection.missing
        let partitions = selection.partitions
        return question.rows(measured.count + missing.count, failures: failures) { index in
            guard index < measured.count else {
                let entry = missing[index - measured.count]
                return Row(["topic": .text(entry.topic)], error: entry.error)
            }
            let topic = Value.text(partitions[index].topic)
            let partition = Value.integer(Int64(partitions[index].partition))
            switch measured[index] {
            case .unknown(let error): return Row(["topic": topic, "partition": partition], error: error)
            case .value(let fact):
                return Row(
                    ordered: topic, partition, Value(fact.offset), Value(fact.timestamp), Value(fact.leaderEpoch))
            }
        }
    }
}

extension Question {
    fileprivate var position: OffsetPosition {
        if let milliseconds = integer("at") { return .time(milliseconds) }
        return switch string("at") {
        case "start": .start
        case "stable": .stable
        case "max_timestamp": .maxTimestamp
        case "local_start": .localStart
        case "tiered": .tiered
        case "pending_upload": .pendingUpload
        default: .end
        }
    }

    /// The partitions of the topics that an argument selects, and the entries that could not be resolved.
    func partitions(
        _ argument: ByteString
    ) async throws(KafkaError) -> (partitions: [TopicPartition], missing: [(topic: String, error: KafkaError)]) {
        var names: [String] = []
        var missing: [(topic: String, error: KafkaError)] = []
        for entry in try await topicEntries(strings(argument) ?? []) {
            switch entry {
            case .name(let name): names.append(name)
            case .nothing(let pattern, let error): missing.append((pattern, error))
            }
        }
        let wanted = integer("partition")
        var partitions: [TopicPartition] = []
        for topic in try await cluster.cluster.topics(names, maxAge: KafkaCluster.metadataMaxAge, context) {
            switch topic.metadata {
            case .unknown(let error): missing.append((topic.name, error))
            case .value(let metadata):
                let indices = metadata.partitions.map(\.index).sorted()
                    .filter { wanted == nil || Int64($0) == wanted }
                if indices.isEmpty, let wanted {
                    let error = KafkaError(
                        .broker(.unknownTopicOrPartition, message: "\(topic.name) has no partition \(wanted)"))
                    missing.append((topic.name, error))
                }
                partitions += indices.map { TopicPartition(topic.name, $0) }
            }
        }
        return (partitions, missing)
    }
}

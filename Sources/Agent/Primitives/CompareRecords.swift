import Gate
import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import Parity
import Value

extension Primitive {
    static let compareRecords = Primitive(
        "compare.records",
        "Whether the partitions of a topic hold the same records on both clusters, in the same order, however they were "
            + "copied. A row that failed in mid-log still counts what was found before, where `known` is true.",
        apis: [
            "Fetch (READ on the topics)", "ListOffsets", "Metadata", "DescribeConfigs (DESCRIBE_CONFIGS on the topics)",
        ],
        parameters: [
            Parameter("topic", .string, required: true, "The topic, by its name on the source."),
            Parameter("target_topic", .string, "Its name on the target. Without: by the plan's mapping."),
            Parameter("partitions", .integers, "Without: all that the source has."),
            Parameter("from", .integer, "The first offset of the source that counts."),
            Parameter("to", .integer, "Where to stop in the source. Without: its last stable offset now."),
            Parameter("mode", .word(["full", "sample"]), "`sample`: only some records, drawn by lot. Default full."),
            Parameter("samples", .integer, "How many of each partition (default 100, at most 10,000)."),
            Parameter("seed", .integer, "By which they are drawn: the same again for the same seed (default 0)."),
            Parameter("around", .integers, "Offsets of the source, such as commits, around which a quarter is drawn."),
            Parameter("ignore_headers", .strings, "Keys of headers that do not count."),
            Parameter("timestamps", .boolean, "Whether they are compared (default true)."),
            Parameter("isolation", .word(["read_committed", "read_uncommitted"]), "Default read_committed."),
            Parameter(
                "range", .integer,
                "In a shard with a freeze: partitions of twice so many offsets may be cut, where they are compared in full "
                    + "with their timestamps and are not compacted, and a row is of a range then. Without, or 0: they stay "
                    + "whole."),
        ],
        fields: [
            Field("topic", "string", "The topic, by its name on the source."),
            Field("partition", "integer", "The partition."),
            Field("ranges", "integer", "In how many ranges the partition is cut; 1: the row is of all of it."),
            Field("range", "integer", "Which of them it is, from 0."),
            Field("target_topic", "string", "Its name on the target."),
            Field("known", "boolean", "Whether there are counts: always, but where the row failed before any."),
            Field("compared", "integer", "Records of the source about which something is known."),
            Field("missing", "integer", "Records that the target lacks."),
            Field("extra", "integer", "Records that the source does not have."),
            Field("duplicated", "integer", "Records that the target has once more."),
            Field("reordered", "integer", "Records that both have, in another order."),
            Field("altered", "integer", "Records of which a part differs."),
            Field(
                "aborted_copied", "integer",
                "Records that the target has as data and whose transactions were aborted on the source."),
            Field("unclassified", "integer", "Records that differ, too many to say how; the counts are lower bounds."),
            Field(
                "first_difference", "table?",
                "`{ kind, source_offset, target_offset, parts }`: the one at the smallest offset of the source."),
            Field("differences", "table[]", "The first twenty, in the same form."),
            Field("method", "string", "batches, records, latest or sample: how the two were compared."),
            Field("reason", "string", "Why in that way."),
            Field("timestamps", "boolean", "Whether timestamps were compared."),
            Field("timestamps_reason", "string?", "Why they were not."),
            Field(
                "coverage", "table",
                "`{ source_start, source_end, source_records, source_not_compared, target_start, … }`: not compared are "
                    + "records that the other log has lost from its start, or may not have yet."),
            Field(
                "chunks", "table[]?",
                "Where both hold the same batches: `{ offset, last_offset, batches, bytes, source, target }` each, with "
                    + "SHA-256 of what each side holds there."),
            Field(
                "sample", "table?",
                "`{ drawn, seed, around, bound }` of a sample: around how many offsets a quarter was drawn; with none "
                    + "bad, fewer than this share of all are, at 95 %."),
        ]
    ) { question throws(KafkaError) in
        let topic = question.string("topic") ?? ""
        let other = try question.targetTopic(of: topic)
        guard let target = question.counterpart?.cluster else { throw KafkaError(.cancelled) }
        let source = question.cluster.cluster
        var scope = ComparisonScope()
        scope.from = question.integer("from")
        scope.to = question.integer("to")
        scope.ignoredHeaders = Set((question.strings("ignore_headers") ?? []).map { Array($0.utf8) })
        scope.comparesTimestamps = question.arguments["timestamps"] == nil || question.flag("timestamps")
        scope.isolation = question.isolation(default: .readCommitted)
        let chosen = try await question.chosenPartitions(of: topic)
        guard !chosen.isEmpty else { return question.rows(0) { _ in Row([:]) } }
        let policies = [
            try await source.cleanupPolicy(of: topic, question.context),
            try await target.cleanupPolicy(of: other, question.context),
        ]
        let isCompacted = policies.contains { $0.contains("compact") }
        let mayCut =
            !isCompacted && question.string("mode") != "sample" && scope.from == nil && scope.to == nil
            && scope.comparesTimestamps && scope.isolation == .readCommitted
        let smallest = mayCut ? question.integer("range") : nil
        let parts = question.parts(of: chosen, cuttingFrom: smallest)
        let pairs = parts.map { LogPair(source: $0.partition, target: TopicPartition(other, $0.partition.partition)) }
        guard !pairs.isEmpty else { return question.rows(0) { _ in Row([:]) } }
        let comparison = LogComparison(source: source, target: target, scope: scope, question.context)
        if question.string("mode") == "sample" {
            let count = Int(clamping: max(1, min(10_000, question.integer("samples") ?? 100)))
            let seed = UInt64(bitPattern: question.integer("seed") ?? 0)
            return question.comparisonRows(
                await comparison.compareSamples(
                    pairs, count: count, seed: seed, around: question.integers("around") ?? []), parts)
        }
        if isCompacted {
            let mayLose = policies.contains { $0.contains("delete") }
            return question.comparisonRows(await comparison.compareLatest(pairs, mayLose: mayLose), parts)
        }
        let whole = parts.indices.filter { parts[$0].range == nil }
        var found: [Int: PartitionComparison] = [:]
        if !whole.isEmpty {
            for (index, one) in zip(whole, await comparison.compare(whole.map { pairs[$0] })) { found[index] = one }
        }
        for index in parts.indices where parts[index].range != nil {
            found[index] = await question.compare(pairs[index], parts[index], scope, target, slide: (smallest ?? 0) / 2)
        }
        return question.comparisonRows(parts.indices.map { found[$0] ?? PartitionComparison(pairs[$0]) }, parts)
    }
}

extension Question {
    /// Compares a range of two logs, and takes note of where it was found to be.
    fileprivate func compare(
        _ pair: LogPair, _ part: ScanPart, _ scope: ComparisonScope, _ target: KafkaCluster, slide: Int64
    ) async -> PartitionComparison {
        guard let range = part.range else { return PartitionComparison(pair) }
        func refused(_ error: KafkaError?) -> PartitionComparison {
            var comparison = PartitionComparison(pair)
            comparison.error = error ?? KafkaError(.cancelled)
            return comparison
        }
        guard let log = await cluster.cluster.logBounds(of: [pair.source], context).first else { return refused(nil) }
        guard let bounds = log.value else { return refused(log.error) }
        if let problem = part.problem(bounds) { return refused(problem) }
        var scope = scope
        scope.range = PairRange(
            from: range.isFirst ? nil : range.from, to: range.isLast ? nil : range.to, slide: min(4096, slide))
        let comparison = LogComparison(source: cluster.cluster, target: target, scope: scope, context)
        guard var found = await comparison.compare([pair]).first else { return refused(nil) }
        if let problem = await topicProblem(of: part) {
            found.result = nil
            found.error = problem
        }
        if found.error == nil, let (source, target) = found.cut {
            let id = found.topicIDs.last.flatMap { $0 == .zero ? nil : "\($0)" }
            units?.note(
                ScanBounds(
                    sourceFrom: source.lowerBound, sourceTo: source.upperBound, targetFrom: target.lowerBound,
                    targetTo: target.upperBound, targetID: id), of: part)
        }
        return found
    }

    fileprivate func comparisonRows(_ found: [PartitionComparison], _ parts: [ScanPart]) -> RowList {
        rows(
            found.count,
            failures: found.enumerated().compactMap { index, one in
                one.error.map { RowFailure(index: index, error: $0) }
            }, bytes: found.reduce(0) { $0 + 2000 + $1.chunks.count * 600 }
        ) { Row(found[$0].values.merging(parts[$0].values) { first, _ in first }, error: found[$0].error) }
    }
}

extension KafkaCluster {
    /// How a topic's log is cleaned, as the broker applies it.
    fileprivate func cleanupPolicy(
        of topic: String, _ context: CallContext
    ) async throws(KafkaError) -> Set<Substring> {
        switch await configs(of: [.topic(topic)], context).first {
        case .value(let configs):
            let value = configs.first { $0.name == "cleanup.policy" }?.value ?? "delete"
            return Set(value.split { $0 == "," || $0 == " " })
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
    }
}

extension Question {
    /// What a topic of the source is called on the target.
    func targetTopic(of topic: String) throws(KafkaError) -> String {
        if let name = string("target_topic") { return name }
        guard let mapped = mapping?.target(of: ByteString(topic)) else { return topic }
        guard let name = mapped.text else { throw KafkaError(.malformed("the target's name of \(topic) is no text")) }
        return name
    }
}

extension PartitionComparison {
    fileprivate var values: [ByteString: Value] {
        var values: [ByteString: Value] = [
            "topic": .text(pair.source.topic), "partition": .integer(Int64(pair.source.partition)),
            "target_topic": .text(pair.target.topic), "known": .bool(result != nil), "method": .text(method.rawValue),
            "reason": .text(reason), "timestamps": .bool(comparesTimestamps),
            "timestamps_reason": Value(timestampReason), "coverage": .map(coverage),
        ]
        guard let result else { return values }
        values["compared"] = .integer(result.compared)
        values["unclassified"] = .integer(result.unclassified)
        for kind in Difference.Kind.allCases { values[ByteString(kind.rawValue)] = .integer(result.differences[kind]) }
        if !chunks.isEmpty { values["chunks"] = .list(chunks.compactMap { $0.values.map { .map($0) } }) }
        if let sample {
            var drawn: [ByteString: Value] = [
                "drawn": .integer(Int64(sample.drawn)), "seed": .integer(Int64(bitPattern: sample.seed)),
                "around": .integer(Int64(sample.centres)),
            ]
            if result.differences.total == 0, let bound = SamplePlan.bound(ofClean: result.compared) {
                drawn["bound"] = .number(bound)
            }
            values["sample"] = .map(drawn)
        }
        let examples = result.differences.examples.map { Value.map($0.values) }
        values["differences"] = .list(examples)
        values["first_difference"] = examples.first
        return values
    }

    private var coverage: [ByteString: Value] {
        var coverage: [ByteString: Value] = [:]
        for (name, side) in [("source", source), ("target", target)] {
            guard let side else { continue }
            coverage[ByteString("\(name)_start")] = .integer(side.start)
            coverage[ByteString("\(name)_end")] = .integer(side.end)
            coverage[ByteString("\(name)_records")] = .integer(side.records)
        }
        if let result {
            coverage["source_not_compared"] = .integer(result.sourceNotCompared)
            coverage["target_not_compared"] = .integer(result.targetNotCompared)
        }
        return coverage
    }
}

extension ChunkPair {
    fileprivate var values: [ByteString: Value]? {
        guard let chunk else { return nil }
        var values: [ByteString: Value] = [
            "offset": .integer(chunk.firstOffset), "last_offset": .integer(chunk.lastOffset),
            "batches": .integer(chunk.batches), "bytes": .integer(chunk.bytes),
        ]
        if let source { values["source"] = .text(Hex.text(source.sha256)) }
        if let target { values["target"] = .text(Hex.text(target.sha256)) }
        return values
    }
}

extension Difference {
    fileprivate var values: [ByteString: Value] {
        var values: [ByteString: Value] = ["kind": .text(kind.rawValue)]
        if let sourceOffset { values["source_offset"] = .integer(sourceOffset) }
        if let targetOffset { values["target_offset"] = .integer(targetOffset) }
        if !parts.isEmpty { values["parts"] = .list(parts.names.map { .text($0) }) }
        return values
    }
}

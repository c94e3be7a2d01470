import Gate
import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import Parity
import Value

extension Primitive {
    static let digest = Primitive(
        "digest",
        "Every data record of partitions of a topic, read, checked and digested; and the digests of windows whose bounds "
            + "follow from content, so that the logs of two places can be compared without moving them.",
        apis: ["Fetch (READ on the topics)", "ListOffsets", "Metadata"],
        parameters: [
            Parameter("topic", .string, required: true, "The topic."),
            Parameter("partitions", .integers, "Without: all of them."),
            Parameter("ignore_headers", .strings, "Keys of headers that do not count."),
            Parameter("timestamps", .boolean, "Whether they count (default true)."),
            Parameter("isolation", .word(["read_committed", "read_uncommitted"]), "Default read_committed."),
            Parameter(
                "range", .integer,
                "In a shard with a freeze, where only what is committed is read: partitions of twice so many offsets may be "
                    + "cut, and a row is of a range then. Without, or 0: they stay whole."),
        ],
        fields: [
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("ranges", "integer", "In how many ranges the partition is cut; 1: the row is of all of it."),
            Field(
                "range", "integer",
                "Which of them it is, from 0. Its windows are those that begin in it behind the first bound: one range "
                    + "after the other they are those of the partition."),
            Field("start_offset", "integer", "Where reading began."),
            Field("end_offset", "integer", "Where it ended, itself not included."),
            Field("records", "integer", "Data records."),
            Field("bytes", "integer", "Of their keys, values and headers, as they are stored when not compressed."),
            Field("wire_bytes", "integer", "Of the batches, as they are stored."),
            Field("batches", "integer", "Batches."),
            Field("control", "integer", "Markers, which do not count."),
            Field("aborted", "integer", "Records of aborted transactions, which do not count."),
            Field("log_append_time", "boolean", "Whether the leader set the timestamps, for a part at least."),
            Field("digest", "string", "Of all of it, in order: 32 hexadecimal digits."),
            Field("windows", "table[]", "`{ offset, records, digest }` each, in order."),
        ]
    ) { question throws(KafkaError) in
        let cluster = question.cluster.cluster
        let topic = question.string("topic") ?? ""
        let isolation = question.isolation(default: .readCommitted)
        let parts = question.parts(
            of: try await question.chosenPartitions(of: topic),
            cuttingFrom: isolation == .readCommitted ? question.integer("range") : nil)
        let partitions = parts.map(\.partition)
        let policy = DigestPolicy(
            includesTimestamps: question.arguments["timestamps"] == nil || question.flag("timestamps"),
            ignoredHeaders: Set((question.strings("ignore_headers") ?? []).map { Array($0.utf8) }))
        let bounds = await cluster.logBounds(of: partitions, question.context)
        var failures: [Int: KafkaError] = [:]
        var spans: [(index: Int, span: ScanSpan)] = []
        for (index, bounds) in bounds.enumerated() {
            switch bounds {
            case .unknown(let error): failures[index] = error
            case .value(let bounds):
                let part = parts[index]
                if let problem = part.problem(bounds) {
                    failures[index] = problem
                    continue
                }
                let end = isolation == .readCommitted ? bounds.stable : bounds.end
                var span = ScanSpan(
                    partitions[index], from: bounds.start, to: end, unit: .records(policy), isolation: isolation)
                if let range = part.range {
                    span.start = range.isFirst ? bounds.start : range.from
                    span.end = range.to
                    span.follows = !range.isFirst
                    span.closesBy = range.isLast ? nil : part.frozenEnd
                }
                spans.append((index, span))
            }
        }
        let scanner = LogScanner(cluster, question.context)
        defer { scanner.close() }
        var scans: [Int: PartitionScan] = [:]
        for (item, scan) in zip(spans, await scanner.scan(spans.map(\.span))) {
            scans[item.index] = scan
            failures[item.index] = scan.error
            let part = parts[item.index]
            guard scan.isWhole, part.range != nil else { continue }
            failures[item.index] = await question.topicProblem(of: part)
            guard failures[item.index] == nil else { continue }
            question.units?.note(ScanBounds(sourceFrom: scan.start, sourceTo: item.span.end), of: part)
        }
        let (found, failed) = (scans, failures)
        let held = found.values.reduce(0) { $0 + $1.windows.count * 400 }
        return question.rows(
            partitions.count,
            failures: failed.sorted { $0.key < $1.key }.map { RowFailure(index: $0.key, error: $0.value) },
            bytes: partitions.count * 200 + held
        ) { index in
            var values: [ByteString: Value] = [
                "topic": .text(topic), "partition": .integer(Int64(partitions[index].partition)),
            ]
            values.merge(parts[index].values) { first, _ in first }
            if let error = failed[index] { return Row(values, error: error) }
            // What was read beyond the end of a range only closed its last window.
            if let range = parts[index].range { values["end_offset"] = .integer(range.to) }
            if let scan = found[index] { values.merge(scan.values) { first, _ in first } }
            return Row(values)
        }
    }
}

extension PartitionScan {
    fileprivate var values: [ByteString: Value] {
        [
            "start_offset": .integer(start), "end_offset": .integer(end), "records": .integer(windows.recordCount),
            "bytes": .integer(windows.byteCount), "wire_bytes": .integer(summary.wireBytes),
            "batches": .integer(summary.batches), "control": .integer(summary.controlRecords),
            "aborted": .integer(summary.abortedRecords), "log_append_time": .bool(summary.hasLogAppendTime),
            "digest": .text("\(windows.digest)"),
            "windows": .list(
                windows.map { window in
                    [
                        "offset": .integer(window.firstOffset), "records": .integer(window.count),
                        "digest": .text("\(window.digest)"),
                    ]
                }),
        ]
    }
}

extension Question {
    /// The partitions of a topic that `partitions` names, or all it has.
    func chosenPartitions(of topic: String) async throws(KafkaError) -> [TopicPartition] {
        if let chosen = integers("partitions"), !chosen.isEmpty {
            return chosen.map { TopicPartition(topic, Int32(clamping: $0)) }
        }
        guard let found = try await cluster.cluster.topics([topic], context).first else {
            throw KafkaError(.cancelled)
        }
        switch found.metadata {
        case .value(let metadata):
            return metadata.partitions.map(\.index).sorted().map { TopicPartition(topic, $0) }
        case .unknown(let error): throw error
        }
    }
}

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
        apis: ["Fetch (READ on the topic)", "ListOffsets", "Metadata"],
        parameters: [
            Parameter("topic", .string, required: true, "The topic."),
            Parameter("partitions", .integers, "Without: all of them."),
            Parameter("ignore_headers", .strings, "Keys of headers that do not count."),
            Parameter("timestamps", .boolean, "Whether they count (default true)."),
            Parameter("isolation", .word(["read_committed", "read_uncommitted"]), "Default read_committed."),
        ],
        fields: [
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
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
        let partitions = question.share(of: try await question.chosenPartitions(of: topic))
        let isolation = question.isolation(default: .readCommitted)
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
                let end = isolation == .readCommitted ? bounds.stable : bounds.end
                let span = ScanSpan(
                    partitions[index], from: bounds.start, to: end, unit: .records(policy), isolation: isolation)
                spans.append((index, span))
            }
        }
        let scanner = LogScanner(cluster, question.context)
        defer { scanner.close() }
        var scans: [Int: PartitionScan] = [:]
        for (item, scan) in zip(spans, await scanner.scan(spans.map(\.span))) {
            scans[item.index] = scan
            failures[item.index] = scan.error
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
            if let error = failed[index] { return Row(values, error: error) }
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

import Gate
import KafkaClient
import KafkaFacts
import KafkaRecords
import Value

extension Primitive {
    private static let apis = ["Fetch (READ on the topics)", "ListOffsets", "Metadata"]

    private static let books = [
        Parameter("cluster", .word(["source", "target"]), "Where the topic is. Without: wherever one is found."),
        Parameter("log", .string, "The topic's name. Without: all whose names are of this kind."),
    ]

    private static let origin = [
        Field("cluster", "string", "source or target: where the record is."),
        Field("log", "string", "The topic it is in."),
        Field("offset", "integer", "Its offset there."),
        Field("timestamp", "integer?", "When it was written, in ms since 1970."),
    ]

    static let offsetSyncs = Primitive(
        "mm2.offset_syncs",
        "What MirrorMaker 2 noted of where records are on the other cluster: all that its topic still holds, in order.",
        apis: apis,
        parameters: books + [
            Parameter("topic", .string, "Only this topic of the source."),
            Parameter("partition", .integer, "Only this partition."),
        ],
        fields: origin + [
            Field("topic", "string", "The topic, by its name on the source."),
            Field("partition", "integer", "The partition."),
            Field("upstream_offset", "integer", "The record's offset on the source."),
            Field("downstream_offset", "integer", "Its offset on the target; -1: forget what was noted before."),
        ]
    ) { question throws(KafkaError) in
        try await question.mirrorRows(.offsetSyncs) { record throws(MirrorRecordError) in
            guard let sync = try OffsetSync.decode(key: record.key, value: record.value),
                question.concerns(sync.partition)
            else { return nil }
            return [
                "topic": .text(sync.partition.topic), "partition": .integer(Int64(sync.partition.partition)),
                "upstream_offset": .integer(sync.upstreamOffset),
                "downstream_offset": .integer(sync.downstreamOffset),
            ]
        }
    }

    static let checkpoints = Primitive(
        "mm2.checkpoints", "Where MirrorMaker 2 would have groups go on: all that its topic still holds, in order.",
        apis: apis,
        parameters: books + [
            Parameter("group", .string, "Only this group."),
            Parameter("topic", .string, "Only this topic of the target."),
            Parameter("partition", .integer, "Only this partition."),
        ],
        fields: origin + [
            Field("group", "string", "The group."),
            Field("topic", "string", "The topic, by its name on the target."),
            Field("partition", "integer", "The partition."),
            Field("upstream_offset", "integer", "The group's commit on the source."),
            Field("downstream_offset", "integer", "The offset on the target that MirrorMaker 2 made of it."),
            Field("metadata", "string", "The text committed with it."),
        ]
    ) { question throws(KafkaError) in
        try await question.mirrorRows(.checkpoints) { record throws(MirrorRecordError) in
            guard let checkpoint = try MirrorCheckpoint.decode(key: record.key, value: record.value),
                question.concerns(checkpoint.partition),
                question.string("group").map({ $0 == checkpoint.group }) ?? true
            else { return nil }
            return [
                "group": .text(checkpoint.group), "topic": .text(checkpoint.partition.topic),
                "partition": .integer(Int64(checkpoint.partition.partition)),
                "upstream_offset": .integer(checkpoint.upstreamOffset),
                "downstream_offset": .integer(checkpoint.downstreamOffset), "metadata": .text(checkpoint.metadata),
            ]
        }
    }

    static let heartbeats = Primitive(
        "mm2.heartbeats", "The last sign of life of each of MirrorMaker 2's flows, in each topic that has any.",
        apis: apis, parameters: books,
        fields: origin + [
            Field("source_alias", "string", "The cluster that is copied from, as MirrorMaker 2 calls it."),
            Field("target_alias", "string", "The cluster that is copied to."),
            Field("heartbeat", "integer", "When the worker wrote it, by its own clock, in ms since 1970."),
        ]
    ) { question throws(KafkaError) in
        try await question.mirrorRows(.heartbeats, lastOfEachKey: true) { record throws(MirrorRecordError) in
            guard let heartbeat = try MirrorHeartbeat.decode(key: record.key, value: record.value) else { return nil }
            return [
                "source_alias": .text(heartbeat.sourceAlias), "target_alias": .text(heartbeat.targetAlias),
                "heartbeat": .integer(heartbeat.timestamp),
            ]
        }
    }
}

extension Question {
    fileprivate func concerns(_ found: TopicPartition) -> Bool {
        (string("topic").map { $0 == found.topic } ?? true)
            && (integer("partition").map { $0 == Int64(found.partition) } ?? true)
    }

    /// The records of all topics of a kind, decoded; one that cannot be read is a failed row.
    fileprivate func mirrorRows(
        _ kind: MirrorTopicKind, lastOfEachKey: Bool = false,
        _ decode: (KafkaRecord) throws(MirrorRecordError) -> [ByteString: Value]?
    ) async throws(KafkaError) -> RowList {
        var made: [(values: [ByteString: Value], error: KafkaError?)] = []
        for handle in [cluster, counterpart].compactMap({ $0 }) {
            if let wanted = string("cluster"), wanted != handle.side.rawValue { continue }
            let side = Value.text(handle.side.rawValue)
            let logs: [String]
            if let log = string("log") {
                logs = [log]
            } else {
                logs = try await handle.cluster.mirrorTopics(kind, context)
            }
            for log in logs {
                let place: [ByteString: Value] = ["cluster": side, "log": .text(log)]
                do throws(KafkaError) {
                    var records = try await handle.cluster.mirrorRecords(of: log, context)
                    if lastOfEachKey { records = records.lastOfEachKey }
                    for record in records { try take(record, place, decode, &made) }
                } catch {
                    made.append((place, error))
                }
            }
        }
        let rows = made
        return self.rows(
            rows.count,
            failures: rows.enumerated().compactMap { index, row in
                row.error.map { RowFailure(index: index, error: $0) }
            }, bytes: rows.count * 600
        ) { Row(rows[$0].values, error: rows[$0].error) }
    }

    private func take(
        _ record: KafkaRecord, _ place: [ByteString: Value],
        _ decode: (KafkaRecord) throws(MirrorRecordError) -> [ByteString: Value]?,
        _ made: inout [(values: [ByteString: Value], error: KafkaError?)]
    ) throws(KafkaError) {
        do throws(MirrorRecordError) {
            guard var values = try decode(record) else { return }
            values.merge(place) { first, _ in first }
            values["offset"] = .integer(record.offset)
            values["timestamp"] = record.timestamp < 0 ? .null : .integer(record.timestamp)
            made.append((values, nil))
        } catch {
            throw KafkaError(.malformed("the record at offset \(record.offset) is not MirrorMaker 2's: \(error)"))
        }
    }
}

extension [KafkaRecord] {
    fileprivate var lastOfEachKey: [KafkaRecord] {
        var last: [[UInt8]?: Int] = [:]
        for (index, record) in enumerated() { last[record.key] = index }
        return last.values.sorted().map { self[$0] }
    }
}

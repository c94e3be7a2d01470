import KafkaClient
import KafkaFacts
import KafkaRecords
import Value

extension Primitive {
    static let place: [Parameter] = [
        Parameter("topic", .string, required: true, "The topic."),
        Parameter("partition", .integer, required: true, "The partition."),
        Parameter("from", .integer, required: true, "The first offset."),
        Parameter("to", .integer, "Where to stop, itself not included. Without: the end (or the last stable offset)."),
    ]

    /// So many rows at most, and bytes of records that make them.
    static let mostRows = 100_000
    static let mostBytes = 32 << 20

    static let records = Primitive(
        "records",
        "Data records of one partition in order of their offsets; markers and, read_committed, aborted ones left out. Where "
            + "the log ends before `to`, or there is more than fits and no `count` or `max_bytes` asked for less, the "
            + "last row has failed.",
        apis: ["Fetch (READ on the topics)", "ListOffsets"],
        parameters: place + [
            Parameter("count", .integer, "At most so many (100,000 fit)."),
            Parameter("isolation", .word(["read_committed", "read_uncommitted"]), "Default read_committed."),
            Parameter("max_bytes", .integer, "Stop after about so many bytes (32 MiB fit)."),
        ],
        fields: [
            Field("offset", "integer", "The offset."),
            Field("timestamp", "integer?", "In ms since 1970; nil in formats that have none."),
            Field("timestamp_type", "string", "create_time or log_append_time."),
            Field("key", "string?", "The bytes; nil is not the empty key."),
            Field("value", "string?", "The bytes; nil is a tombstone."),
            Field("headers", "table[]", "`{ key, value }` in order."),
            Field("control", "boolean", "A marker; never among these rows."),
            Field("transactional", "boolean", "Part of a transaction."),
            Field("producer_id", "integer?", "Nil for a producer that is not idempotent."),
            Field("producer_epoch", "integer?", "Of that producer."),
        ]
    ) { question throws(KafkaError) in
        let isolation = question.isolation(default: .readCommitted)
        let partition = question.topicPartition
        let bounds = try await question.bounds(isolation)
        let count = question.most("count", Self.mostRows)
        let bytes = question.most("max_bytes", Self.mostBytes)
        guard count > 0, bounds.from < bounds.to else { return question.rows(0) { _ in Row([:]) } }
        let slice = try await question.cluster.cluster.records(
            of: partition, from: bounds.from, to: bounds.to, count: count, isolation: isolation, maxBytes: bytes,
            question.context)
        let records = slice.records
        let held = records.reduce(0) { $0 + $1.heldBytes }
        let isWanted =
            slice.isFull && (question.isEnough("count", records.count) || question.isEnough("max_bytes", bytes))
        guard
            let error = question.shortfall(at: slice.nextOffset, before: bounds.to, isFull: slice.isFull, isWanted)
        else { return question.rows(records.count, bytes: held) { Row(records[$0].values) } }
        return question.rows(
            records.count + 1, failures: [RowFailure(index: records.count, error: error)], bytes: held
        ) { index in
            guard index < records.count else { return Row(["offset": .integer(slice.nextOffset)], error: error) }
            return Row(records[index].values)
        }
    }

    static let count = Primitive(
        "count",
        "How many data records lie between two offsets: one row. Offsets are no counts, so they are fetched and counted; "
            + "what became of each transaction is taken from its marker.",
        apis: ["Fetch (READ on the topics)", "ListOffsets"],
        parameters: place + [
            Parameter("limit", .integer, "Stop once more than so many are certain."),
            Parameter(
                "isolation", .word(["read_committed", "read_uncommitted"]),
                "read_uncommitted counts aborted records too. Default read_committed."),
        ],
        fields: [
            Field("records", "integer", "Data records, those of open transactions included."),
            Field("complete", "boolean", "All were counted; else `records` is a lower bound."),
            Field("next_offset", "integer", "Where counting stopped."),
            Field("control", "integer", "Markers on the way."),
            Field("aborted", "integer", "Records of aborted transactions on the way."),
            Field("open", "integer", "Of the records, those whose transaction had not ended."),
        ]
    ) { question throws(KafkaError) in
        let isolation = question.isolation(default: .readCommitted)
        let bounds = try await question.bounds(.readUncommitted)
        let found = try await question.cluster.cluster.dataRecords(
            in: question.topicPartition, from: bounds.from, to: bounds.to,
            limit: question.integer("limit") ?? .max, countAborted: isolation == .readUncommitted,
            question.context)
        return question.rows(1) { _ in
            Row([
                "records": .integer(found.records), "complete": .bool(found.isComplete),
                "next_offset": .integer(found.nextOffset), "control": .integer(found.controlRecords),
                "aborted": .integer(found.abortedRecords), "open": .integer(found.openRecords),
            ])
        }
    }
}

extension Question {
    var topicPartition: TopicPartition {
        TopicPartition(string("topic") ?? "", Int32(clamping: integer("partition") ?? -1))
    }

    func isolation(default fallback: IsolationLevel) -> IsolationLevel {
        switch string("isolation") {
        case "read_committed": .readCommitted
        case "read_uncommitted": .readUncommitted
        default: fallback
        }
    }

    /// A bound that the script gives, or what fits.
    func most(_ name: ByteString, _ fits: Int) -> Int { Int(clamping: min(Int64(fits), integer(name) ?? .max)) }

    /// Whether the script asked for no more than this.
    func isEnough(_ name: ByteString, _ reached: Int) -> Bool { integer(name).map { $0 <= reached } ?? false }

    /// Why the last row is a failed one: nothing came before the end of what was asked for, or more than fits.
    ///
    /// What was not read is not known to be nothing. `isWanted`: The script itself asked for no more.
    func shortfall(at next: Int64, before end: Int64, isFull: Bool, _ isWanted: Bool) -> KafkaError? {
        guard next < end, !isWanted else { return nil }
        let reason: KafkaError.Reason =
            isFull
            ? .limit("more than fits in one answer: go on from offset \(next), or ask for less with `count`")
            : .changed("nothing came from offset \(next) on, before \(end)")
        return KafkaError(reason, api: "Fetch").with { $0.partition = topicPartition }
    }

    /// `from` and `to`, the end of the log where `to` is not given.
    func bounds(_ isolation: IsolationLevel) async throws(KafkaError) -> (from: Int64, to: Int64) {
        let from = max(0, integer("from") ?? 0)
        if let to = integer("to") { return (from, to) }
        let position: OffsetPosition = isolation == .readCommitted ? .stable : .end
        let ends = await cluster.cluster.offsets(position, of: [topicPartition], context)
        switch ends.first {
        case .value(let fact): return (from, fact.offset ?? from)
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
    }
}

extension KafkaRecord {
    /// What it keeps in memory, about: arrays have a head of 32 bytes.
    fileprivate var heldBytes: Int {
        headers.reduce(200 + (key?.count ?? 0) + (value?.count ?? 0)) {
            $0 + 100 + $1.key.count + ($1.value?.count ?? 0)
        }
    }

    fileprivate var values: [ByteString: Value] {
        [
            "offset": .integer(offset), "timestamp": timestamp < 0 ? .null : .integer(timestamp),
            "timestamp_type": timestampType == .logAppendTime ? "log_append_time" : "create_time",
            "key": Value(key), "value": Value(value),
            "headers": .list(
                headers.map { ["key": .string(ByteString(bytes: $0.key)), "value": Value($0.value)] }),
            "control": .bool(isControl), "transactional": .bool(isTransactional),
            "producer_id": producerId < 0 ? .null : .integer(producerId),
            "producer_epoch": producerId < 0 ? .null : .integer(Int64(producerEpoch)),
        ]
    }
}

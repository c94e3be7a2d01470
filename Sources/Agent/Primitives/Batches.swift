import KafkaClient
import KafkaFacts
import KafkaRecords
import Value

extension Primitive {
    static let batches = Primitive(
        "batches",
        "Batches of one partition as they are stored, checksums verified, nothing decompressed; control batches too. Where "
            + "the log ends before `to`, or there is more than fits and no `count` asked for less, the last row has failed.",
        apis: ["Fetch (READ on the topics)", "ListOffsets"],
        parameters: place + [
            Parameter("count", .integer, "At most so many (100,000 fit).")
        ],
        fields: [
            Field("base_offset", "integer?", "The first offset; nil for a compressed message of the old formats."),
            Field("last_offset", "integer", "The last one, whether or not that record is still there."),
            Field("count", "integer?", "Records in it; nil for a compressed message of the old formats."),
            Field("size", "integer", "Bytes, the header included."),
            Field("crc", "integer", "The stored checksum."),
            Field("codec", "string", "none, gzip, snappy, lz4 or zstd."),
            Field("magic", "integer", "The record format: 0, 1 or 2."),
            Field("producer_id", "integer?", "Nil for a producer that is not idempotent."),
            Field("max_timestamp", "integer?", "In ms since 1970."),
            Field("timestamp_type", "string", "create_time or log_append_time."),
            Field("transactional", "boolean", "Part of a transaction."),
            Field("control", "boolean", "Markers, no data."),
        ]
    ) { question throws(KafkaError) in
        let bounds = try await question.bounds(.readUncommitted)
        let count = question.most("count", mostRows)
        guard count > 0, bounds.from < bounds.to else { return question.rows(0) { _ in Row([:]) } }
        var rows: [[ByteString: Value]] = []
        let stopped = try await question.cluster.cluster.walk(
            question.topicPartition, from: bounds.from, to: bounds.to, isolation: .readUncommitted, question.context
        ) { part, offset throws(RecordsError) in
            var found: [[ByteString: Value]] = []
            var next = offset
            var cursor = BatchCursor(part.records)
            while let batch = try cursor.next(), (batch.baseOffset ?? batch.lastOffset) < bounds.to,
                rows.count + found.count < count
            {
                try batch.verifyChecksum()
                found.append(batch.values)
                next = batch.nextOffset
            }
            rows += found
            let isOver = rows.count >= count || (next > offset && next >= bounds.to)
            return isOver ? .enough(next) : .proceed(next)
        }
        let made = rows
        let isFull = made.count >= count
        guard
            let error = question.shortfall(
                at: stopped, before: bounds.to, isFull: isFull, isFull && question.isEnough("count", made.count))
        else { return question.rows(made.count, bytes: made.count * 900) { Row(made[$0]) } }
        return question.rows(
            made.count + 1, failures: [RowFailure(index: made.count, error: error)], bytes: made.count * 900
        ) { $0 < made.count ? Row(made[$0]) : Row(["base_offset": .integer(stopped)], error: error) }
    }
}

extension StoredBatch {
    fileprivate var values: [ByteString: Value] {
        [
            "base_offset": Value(baseOffset), "last_offset": .integer(lastOffset),
            "count": recordCount.map { .integer(Int64($0)) } ?? .null, "size": .integer(Int64(sizeInBytes)),
            "crc": .integer(Int64(crc)), "codec": .text("\(codec)"), "magic": .integer(Int64(magic)),
            "producer_id": producerId < 0 ? .null : .integer(producerId),
            "max_timestamp": maxTimestamp < 0 ? .null : .integer(maxTimestamp),
            "timestamp_type": timestampType == .logAppendTime ? "log_append_time" : "create_time",
            "transactional": .bool(isTransactional), "control": .bool(isControl),
        ]
    }
}

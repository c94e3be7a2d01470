import EmbeddedKafka
import KafkaRecords
import Value

extension ClusterMethod {
    private static let codecs: [String: CompressionCodec] = [
        "none": .none, "gzip": .gzip, "snappy": .snappy, "lz4": .lz4, "zstd": .zstd,
    ]
    private static let ends: [String: TransactionEnd] = ["commit": .commit, "abort": .abort, "open": .open]

    static let records: [ClusterMethod] = [
        ClusterMethod(
            method: ScriptMethod(
                "append",
                [
                    .init("topic", "string", "The topic."), .init("partition", "integer", "The partition."),
                    .init(
                        "records", "integer|(string|sluice.test.Record)[]",
                        "A number of records with something in them, or the records: a text is the value of one."),
                    .init(
                        "options",
                        "{ codec?: \"gzip\"|\"snappy\"|\"lz4\"|\"zstd\", transaction?: string, "
                            + "finish?: \"commit\"|\"abort\"|\"open\" }",
                        optional: true,
                        "`transaction`: write them in this one, which then ends as `finish` says (default: commit)."),
                ], returns: "integer offset Of the first.",
                "Writes records, as one batch.")
        ) { call throws(WorldError) in
            let (topic, partition) = (try call.text(0), try call.number(1))
            let records = try Self.records(call.any(2))
            let options = try call.options(3, ["codec", "transaction", "finish"])
            let codec = try Self.meaning(options, "codec", codecs) ?? .none
            let transaction = try options.text("transaction")
            let finish = try Self.meaning(options, "finish", ends)
            guard finish == nil || transaction != nil else { throw WorldError("finish goes with a transaction") }
            return { side throws(WorldError) in
                try side.partition(topic, partition)
                guard !records.isEmpty else { throw WorldError("a batch has at least one record") }
                let first = side.state.log(of: topic, partition)?.bounds.end ?? 0
                do {
                    if let transaction {
                        try side.state.transaction(
                            transaction, finish ?? .commit, [(topic, partition, records)], codec: codec)
                    } else {
                        try side.state.append(records, to: topic, partition, codec: codec)
                    }
                } catch {
                    throw WorldError("the records cannot be written: \(error)")
                }
                return .integer(first)
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "finish",
                [
                    .init("transaction", "string", "Its id."),
                    .init("how", "\"commit\"|\"abort\"", "What becomes of it."),
                ], "Ends a transaction that was left open.")
        ) { call throws(WorldError) in
            let id = try call.text(0)
            let isCommitted = try call.word(1, ["commit": true, "abort": false])
            return { side throws(WorldError) in
                guard side.state.transactions[Name(id)]?.state == "Ongoing" else {
                    throw WorldError("there is no open transaction '\(id)'")
                }
                do { try side.state.endTransaction(id, committed: isCommitted) } catch { throw WorldError("\(error)") }
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "damage",
                [
                    .init("topic", "string", "The topic."), .init("partition", "integer", "The partition."),
                    .init("offset", "integer", "A record's offset."),
                ], "Flips a byte of the batch that holds a record, whose checksum is then wrong.")
        ) { call throws(WorldError) in
            let (topic, partition) = (try call.text(0), try call.number(1))
            let offset = try call.integer(2)
            return { side throws(WorldError) in
                try side.partition(topic, partition)
                guard side.state.damageBatch(of: topic, partition, at: offset) else {
                    throw WorldError("there is no record at offset \(offset)")
                }
                return .null
            }
        },
    ]

    static func meaning<T>(
        _ options: ScriptOptions, _ name: String, _ meanings: [String: T]
    ) throws(WorldError) -> T? {
        guard let text = try options.text(name) else { return nil }
        guard let meaning = meanings[text] else {
            throw options.mistake(name, "one of " + meanings.keys.sorted().joined(separator: ", "))
        }
        return meaning
    }

    private static func records(_ value: Value) throws(WorldError) -> [NewRecord] {
        switch value {
        case .integer(let count):
            guard (1...1_000_000).contains(count) else { throw WorldError("a batch has 1 to 1,000,000 records") }
            return (0..<count).map { NewRecord("key-\($0)", "value-\($0)") }
        case .list(let items):
            var records: [NewRecord] = []
            for item in items { records.append(try record(item)) }
            return records
        default: throw WorldError("records of :append must be a number or a list")
        }
    }

    private static func record(_ value: Value) throws(WorldError) -> NewRecord {
        if case .string(let text) = value { return NewRecord(value: text.bytes) }
        guard case .map(let entries) = value else {
            throw WorldError("a record is a text or a table with key, value, headers and timestamp")
        }
        let options = try ScriptOptions(entries, of: "a record", known: ["key", "value", "headers", "timestamp"])
        func bytes(_ name: String) throws(WorldError) -> [UInt8]? {
            guard let value = options[name] else { return nil }
            guard case .string(let text) = value else { throw options.mistake(name, "a string") }
            return text.bytes
        }
        var headers: [KafkaRecord.Header] = []
        for (name, value) in try options.map("headers").sorted(by: { $0.key < $1.key }) {
            guard case .string(let text) = value else { throw options.mistake("headers", "a table of strings") }
            headers.append(.init(key: name.bytes, value: text.bytes))
        }
        return NewRecord(
            key: try bytes("key"), value: try bytes("value"), headers: headers,
            timestamp: try options.integer("timestamp"))
    }
}

import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let producers = Primitive(
        "producers",
        "The idempotent and transactional producers that partitions' leaders remember; idle ones linger, others never show.",
        apis: ["DescribeProducers (READ on the topics)", "Metadata"],
        parameters: [Parameter("topics", .strings, required: true, "Names or globs.")],
        fields: [
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("producer_id", "integer", "The producer."),
            Field("producer_epoch", "integer", "Its epoch."),
            Field("last_sequence", "integer", "The sequence number of its last batch."),
            Field("last_timestamp", "integer?", "Of its last batch, in ms since 1970."),
            Field(
                "coordinator_epoch", "integer?",
                "Of the coordinator that wrote its last marker; nil where there is none."),
            Field("current_txn_start_offset", "integer?", "Where its open transaction begins; nil where it has none."),
        ]
    ) { question throws(KafkaError) in
        let selection = try await question.partitions("topics")
        let found = await question.cluster.cluster.producers(of: selection.partitions, question.context)
        return question.producerRows(Array(zip(selection.partitions, found)), selection.missing)
    }

    static let transactions = Primitive(
        "transactions", "Every transactional id with its state: every broker is asked for those it coordinates.",
        apis: [
            "ListTransactions (DESCRIBE on the transactional ids: those without it are left out, and nothing says so)",
            "DescribeTransactions", "Metadata (DESCRIBE on __transaction_state: to see that each id has a coordinator)",
        ],
        parameters: [],
        fields: [
            Field("transactional_id", "string", "The id."),
            Field("producer_id", "integer", "Its producer."),
            Field("producer_epoch", "integer", "The producer's epoch."),
            Field("transaction_state", "string", "empty, ongoing, prepare_commit, prepare_abort, complete_commit, …"),
            Field("transaction_timeout_ms", "integer", "After so long the coordinator aborts it."),
            Field("transaction_start_time_ms", "integer?", "In ms since 1970; nil where none is under way."),
            Field("partitions", "table[]", "`{ topic, partition }` written in the transaction."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.transactions(question.context)
        return question.rows(found.count) { index in
            let transaction = found[index]
            return Row([
                "transactional_id": .text(transaction.transactionalID),
                "producer_id": .integer(transaction.producerID),
                "producer_epoch": .integer(Int64(transaction.producerEpoch)),
                "transaction_state": .text(transaction.state),
                "transaction_timeout_ms": .integer(Int64(transaction.timeoutMs)),
                "transaction_start_time_ms": Value(transaction.startTimeMs),
                "partitions": .list(
                    transaction.partitions.map {
                        ["topic": .text($0.topic), "partition": .integer(Int64($0.partition))]
                    }),
            ])
        }
    }

    static let epochEnd = Primitive(
        "epoch_end",
        "Where a leader epoch ended in a partition: below an offset captured under that epoch, the log was truncated.",
        apis: ["OffsetForLeaderEpoch (DESCRIBE on the topics)"],
        parameters: [
            Parameter("topic", .string, required: true, "The topic."),
            Parameter("partition", .integer, required: true, "The partition."),
            Parameter("leader_epoch", .integer, required: true, "The epoch."),
        ],
        fields: [
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("leader_epoch", "integer?", "The epoch found, at most the one asked for; nil where none is known."),
            Field("end_offset", "integer?", "Where it ended; nil where none is known."),
        ]
    ) { question throws(KafkaError) in
        let partition = TopicPartition(
            question.string("topic") ?? "", Int32(clamping: question.integer("partition") ?? -1))
        let epoch = Int32(clamping: question.integer("leader_epoch") ?? -1)
        switch await question.cluster.cluster.epochEnds([(partition, epoch)], question.context).first {
        case .value(let found)?:
            return question.rows(1) { _ in
                Row([
                    "topic": .text(partition.topic), "partition": .integer(Int64(partition.partition)),
                    "leader_epoch": Value(found.leaderEpoch), "end_offset": Value(found.endOffset),
                ])
            }
        case .unknown(let error)?: throw error
        case nil: throw KafkaError(.cancelled)
        }
    }
}

extension Question {
    private enum ProducerRow: Sendable {
        case producer(TopicPartition, ProducerFact)
        case failed(topic: String, partition: Int32?, KafkaError)
    }

    fileprivate func producerRows(
        _ found: [(TopicPartition, Measured<[ProducerFact]>)], _ missing: [(topic: String, error: KafkaError)]
    ) -> RowList {
        var all: [ProducerRow] = []
        for (partition, result) in found {
            switch result {
            case .value(let producers): all += producers.map { .producer(partition, $0) }
            case .unknown(let error):
                all.append(.failed(topic: partition.topic, partition: partition.partition, error))
            }
        }
        all += missing.map { .failed(topic: $0.topic, partition: nil, $0.error) }
        let list = all
        let failures = list.enumerated().compactMap { index, row -> RowFailure? in
            if case .failed(_, _, let error) = row { RowFailure(index: index, error: error) } else { nil }
        }
        return rows(list.count, failures: failures) { index in
            switch list[index] {
            case .failed(let topic, let partition, let error):
                Row(["topic": .text(topic), "partition": Value(partition)], error: error)
            case .producer(let partition, let producer):
                Row([
                    "topic": .text(partition.topic), "partition": .integer(Int64(partition.partition)),
                    "producer_id": .integer(producer.producerID),
                    "producer_epoch": .integer(Int64(producer.producerEpoch)),
                    "last_sequence": .integer(Int64(producer.lastSequence)),
                    "last_timestamp": Value(producer.lastTimestamp),
                    "coordinator_epoch": Value(producer.coordinatorEpoch),
                    "current_txn_start_offset": Value(producer.transactionStartOffset),
                ])
            }
        }
    }
}

package import KafkaClient
private import KafkaWire

/// An idempotent or transactional producer that a partition's leader remembers.
package struct ProducerFact: Hashable, Sendable {
    package let producerID: Int64
    package let producerEpoch: Int32
    package let lastSequence: Int32
    /// Milliseconds since 1970; nil where there is none.
    package let lastTimestamp: Int64?
    /// Of the transaction coordinator that wrote its last marker; nil where there is none.
    package let coordinatorEpoch: Int32?
    /// Where its open transaction begins in this partition; nil where it has none.
    package let transactionStartOffset: Int64?
}

/// A transaction as its coordinator describes it.
package struct TransactionFact: Hashable, Sendable {
    package let transactionalID: String
    package let producerID: Int64
    package let producerEpoch: Int16
    /// Kafka's word in snake_case, such as `ongoing` or `prepare_commit`.
    package let state: String
    package let timeoutMs: Int32
    /// Milliseconds since 1970; nil where no transaction is under way.
    package let startTimeMs: Int64?
    package let partitions: [TopicPartition]
}

/// How far a leader epoch reached.
package struct EpochEndFact: Hashable, Sendable {
    /// The epoch that was found, at most the one asked for; nil where the leader knows none.
    package let leaderEpoch: Int32?
    /// Where it ended; nil where the leader knows none.
    package let endOffset: Int64?
}

extension KafkaCluster {
    /// The active producers of each partition, in their order.
    ///
    /// Idle ones linger (a day by default), and producers that are not idempotent never show.
    package func producers(
        of partitions: [TopicPartition], _ context: CallContext
    ) async -> [Measured<[ProducerFact]>] {
        await askLeaders(DescribeProducersRequest.self, of: partitions, context) { _, questions in
            var request = DescribeProducersRequest()
            request.topics = questions.grouped {
                $0.partition.partition
            } topic: { name, indexes in
                var topic = DescribeProducersRequest.Topic()
                topic.name = name
                topic.partitionIndexes = indexes
                return topic
            }
            return request
        } read: { response in
            response.topics.flatMap { topic in
                topic.partitions.map { (TopicPartition(topic.name, $0.index), Self.producers($0)) }
            }
        }
    }

    private static func producers(
        _ answer: DescribeProducersResponse.Partition
    ) -> Result<[ProducerFact], KafkaError> {
        guard answer.error == .none else {
            return .failure(KafkaError(.broker(answer.error, message: answer.errorMessage)))
        }
        return .success(
            answer.activeProducers.map { producer in
                ProducerFact(
                    producerID: producer.producerID, producerEpoch: producer.producerEpoch,
                    lastSequence: producer.lastSequence,
                    lastTimestamp: producer.lastTimestamp < 0 ? nil : producer.lastTimestamp,
                    coordinatorEpoch: producer.coordinatorEpoch < 0 ? nil : producer.coordinatorEpoch,
                    transactionStartOffset: producer.currentTxnStartOffset < 0 ? nil : producer.currentTxnStartOffset)
            })
    }

    /// Every transactional id that the principal may describe: every broker is asked for those it coordinates.
    package func transactions(_ context: CallContext) async throws(KafkaError) -> [TransactionFact] {
        let listed = try await askEveryBroker(ListTransactionsRequest.self, home: "__transaction_state", context) { _ in
            ListTransactionsRequest()
        } read: { reply throws(KafkaError) in
            if reply.response.error != .none { throw KafkaError(.broker(reply.response.error, message: nil)) }
            return (reply.node, reply.response.transactionStates.map(\.transactionalID))
        }
        var facts: [TransactionFact] = []
        for (node, ids) in listed where !ids.isEmpty {
            guard let node else { continue }
            facts += try await transactions(ids, on: node, context)
        }
        return facts.sorted { $0.transactionalID < $1.transactionalID }
    }

    private func transactions(
        _ ids: [String], on node: Int32, _ context: CallContext
    ) async throws(KafkaError) -> [TransactionFact] {
        try await ask(DescribeTransactionsRequest.self, to: .node(node), context) { _ in
            var request = DescribeTransactionsRequest()
            request.transactionalIDs = ids
            return request
        } failure: { response in
            // One that ended between the list and the question is no failure of the list.
            response.transactionStates.first { $0.error != .none && $0.error != .transactionalIDNotFound }
                .map { ($0.error, $0.transactionalID) }
        } read: { response throws(KafkaError) in
            let answered = Set(response.transactionStates.map { ExactText($0.transactionalID) })
            if let missing = ids.first(where: { !answered.contains(ExactText($0)) }) {
                throw KafkaError(.malformed("the answer leaves transactional id \(missing) out"))
            }
            return response.transactionStates.filter { $0.error == .none }.map { state in
                TransactionFact(
                    transactionalID: state.transactionalID, producerID: state.producerID,
                    producerEpoch: state.producerEpoch, state: Self.snakeCase(state.transactionState),
                    timeoutMs: state.transactionTimeoutMs,
                    startTimeMs: state.transactionStartTimeMs < 0 ? nil : state.transactionStartTimeMs,
                    partitions: state.topics.flatMap { topic in
                        topic.partitions.map { TopicPartition(topic.name, $0) }
                    }.sorted())
            }
        }
    }

    private static func snakeCase(_ word: String) -> String {
        word.reduce(into: "") { text, character in
            if character.isUppercase, !text.isEmpty { text += "_" }
            text += character.lowercased()
        }
    }

    /// Where the epoch `epoch` ended in each partition: behind a captured offset, the log was truncated (KIP-101).
    package func epochEnds(
        _ epochs: [(partition: TopicPartition, epoch: Int32)], _ context: CallContext
    ) async -> [Measured<EpochEndFact>] {
        let wanted = epochs.map(\.epoch)
        return await askLeaders(OffsetForLeaderEpochRequest.self, of: epochs.map(\.partition), context) {
            _, questions in
            var request = OffsetForLeaderEpochRequest()
            request.replicaID = -1  // a consumer
            request.topics = questions.grouped { question in
                var partition = OffsetForLeaderEpochRequest.Partition()
                partition.index = question.partition.partition
                partition.currentLeaderEpoch = question.leaderEpoch
                partition.leaderEpoch = wanted[question.index]
                return partition
            } topic: { name, partitions in
                var topic = OffsetForLeaderEpochRequest.Topic()
                topic.name = name
                topic.partitions = partitions
                return topic
            }
            return request
        } read: { response in
            response.topics.flatMap { topic in
                topic.partitions.map { answer -> (TopicPartition, Result<EpochEndFact, KafkaError>) in
                    let partition = TopicPartition(topic.name, answer.index)
                    guard answer.error == .none else {
                        return (partition, .failure(KafkaError(.broker(answer.error, message: nil))))
                    }
                    return (
                        partition,
                        .success(
                            EpochEndFact(
                                leaderEpoch: answer.leaderEpoch < 0 ? nil : answer.leaderEpoch,
                                endOffset: answer.endOffset < 0 ? nil : answer.endOffset))
                    )
                }
            }
        }
    }
}

import KafkaWire

extension DescribeProducersRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeProducersResponse? {
        let state = state
        return .with { response in
            response.topics = topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitionIndexes.map { described($0, Name(topic.name), call, state) }
                }
            }
        }
    }

    private func described(
        _ index: Int32, _ topic: Name, _ call: Call, _ state: ClusterState
    ) -> DescribeProducersResponse.Partition {
        .with { answer in
            answer.index = index
            guard state.allows(call, .read, on: .topic, topic.text) else {
                answer.error = .topicAuthorizationFailed
                answer.errorMessage = "Topic authorization failed."
                return
            }
            switch state.partition(index, of: topic, on: call.broker) {
            case .failure(let refusal):
                answer.error = refusal.code
                if state.topics[topic].map(\.isHidden) ?? true {
                    answer.errorMessage = "This server does not host this topic-partition."
                }
            case .success(let partition):
                answer.activeProducers = partition.log.producers.sorted { $0.key < $1.key }.map { id, producer in
                    .with {
                        $0.producerID = id
                        $0.producerEpoch = Int32(producer.epoch)
                        $0.lastSequence = producer.lastSequence
                        $0.lastTimestamp = producer.lastTimestamp
                        $0.coordinatorEpoch = producer.coordinatorEpoch
                        $0.currentTxnStartOffset = producer.transactionStart ?? -1
                    }
                }
            }
        }
    }
}

extension ListTransactionsRequest: ServedRequest {
    private static let states = [
        "Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "PrepareEpochFence",
        "Dead",
    ]

    func answer(_ call: Call, _ state: inout ClusterState) -> ListTransactionsResponse? {
        let state = state
        var pattern: Regex<AnyRegexOutput>?
        if let text = transactionalIDPattern, !text.isEmpty {
            do { pattern = try Regex(text) } catch {
                return .with { $0.error = .invalidRegularExpression }
            }
        }
        return .with { response in
            response.unknownStateFilters = stateFilters.filter { filter in
                !Self.states.contains { Name($0) == Name(filter) }
            }
            let wanted = stateFilters.filter { filter in Self.states.contains { Name($0) == Name(filter) } }
            // A filter of unknown states alone leaves nothing.
            if !stateFilters.isEmpty, wanted.isEmpty { return }
            for (name, transaction) in state.transactions.sorted(by: { $0.key < $1.key }) {
                guard state.transactionCoordinator(of: name) == call.broker,
                    state.allows(call, .describe, on: .transactionalID, name.text),
                    wanted.isEmpty || wanted.contains(where: { Name($0) == Name(transaction.state) }),
                    producerIDFilters.isEmpty || producerIDFilters.contains(transaction.producerID),
                    durationFilter < 0 || state.nowMs - transaction.startMs > durationFilter,
                    pattern.map({ name.text.wholeMatch(of: $0) != nil }) ?? true
                else { continue }
                response.transactionStates.append(
                    .with {
                        $0.transactionalID = name.text
                        $0.producerID = transaction.producerID
                        $0.transactionState = transaction.state
                    })
            }
        }
    }
}

extension DescribeTransactionsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeTransactionsResponse? {
        let state = state
        return .with { response in
            response.transactionStates = transactionalIDs.map { id in
                .with { answer in
                    answer.transactionalID = id
                    describe(Name(id), call, state, into: &answer)
                }
            }
        }
    }

    private func describe(
        _ name: Name, _ call: Call, _ state: ClusterState, into answer: inout DescribeTransactionsResponse.Transaction
    ) {
        guard state.allows(call, .describe, on: .transactionalID, name.text) else {
            return answer.error = .transactionalIDAuthorizationFailed
        }
        guard !name.text.isEmpty else { return answer.error = .invalidRequest }
        guard state.transactionCoordinator(of: name) == call.broker else { return answer.error = .notCoordinator }
        guard let transaction = state.transactions[name] else { return answer.error = .transactionalIDNotFound }
        answer.transactionState = transaction.state
        answer.transactionTimeoutMs = transaction.timeoutMs
        answer.transactionStartTimeMs = transaction.startMs
        answer.producerID = transaction.producerID
        answer.producerEpoch = transaction.epoch
        answer.topics = transaction.partitions.sorted { $0.key < $1.key }.compactMap { topic, partitions in
            guard state.allows(call, .describe, on: .topic, topic.text) else { return nil }
            return .with {
                $0.name = topic.text
                $0.partitions = partitions.sorted()
            }
        }
    }
}

import KafkaWire

extension FetchRequest: ServedRequest {
    var patienceMs: Int32 { minBytes > 0 ? maxWaitMs : 0 }

    /// Waiting is for data only: an error is told at once.
    func isReady(_ call: Call, _ state: ClusterState) -> Bool {
        var sum = 0
        for topic in topics {
            for asked in topic.partitions {
                guard
                    case .success(let partition) = state.partition(
                        asked.index, of: Name(topic.name), on: call.broker, epoch: asked.currentLeaderEpoch),
                    state.allows(call, .read, on: .topic, topic.name),
                    (partition.log.startOffset...partition.log.highWatermark).contains(asked.fetchOffset)
                else { return true }
                sum += partition.log.available(
                    from: asked.fetchOffset, to: readable(partition.log), limit: Int(max(0, asked.partitionMaxBytes)))
            }
        }
        return sum >= Int(minBytes)
    }

    func answer(_ call: Call, _ state: inout ClusterState) -> FetchResponse? {
        guard sessionEpoch <= 0 else {
            // No session is ever given, so none can be gone on with.
            return .with { $0.error = call.version >= 7 ? .fetchSessionIDNotFound : .none }
        }
        var budget = Budget(left: Int(max(0, maxBytes)))
        let state = state
        return .with { response in
            response.responses = topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { read($0, Name(topic.name), call, state, &budget) }
                }
            }
        }
    }

    /// What is left of the answer's size.
    private struct Budget {
        var left: Int
        /// The first batch of an answer comes whole, so that a reader always gets on (KIP-74).
        var isUntouched = true
    }

    private func readable(_ log: PartitionLog) -> Int64 {
        isolationLevel == 1 ? log.lastStableOffset : log.highWatermark
    }

    private func read(
        _ asked: Partition, _ topic: Name, _ call: Call, _ state: ClusterState, _ budget: inout Budget
    ) -> FetchResponse.Partition {
        guard state.topics[topic].map({ !$0.isHidden }) ?? false || !state.allows(call, .read, on: .topic, topic.text)
        else { return failed(.unknownTopicOrPartition, asked, isRead: false) }
        guard state.allows(call, .read, on: .topic, topic.text) else {
            return failed(.topicAuthorizationFailed, asked, isRead: false)
        }
        let partition: EmbeddedKafka.Topic.Partition
        switch state.partition(asked.index, of: topic, on: call.broker, epoch: asked.currentLeaderEpoch) {
        case .failure(let refusal):
            let exists = refusal.code != .unknownTopicOrPartition
            return failed(refusal.code, asked, isRead: exists)
        case .success(let found): partition = found
        }
        let log = partition.log
        guard asked.fetchOffset >= log.startOffset, asked.fetchOffset <= log.highWatermark else {
            return failed(.offsetOutOfRange, asked, isRead: true)
        }
        let limit = min(Int(max(0, asked.partitionMaxBytes)), budget.left)
        let bytes = log.read(
            from: asked.fetchOffset, to: readable(log), limit: limit, wholeFirst: budget.isUntouched)
        if !bytes.isEmpty { budget.isUntouched = false }
        budget.left = max(0, budget.left - bytes.count)
        return .with {
            $0.index = asked.index
            $0.highWatermark = log.highWatermark
            $0.lastStableOffset = log.lastStableOffset
            $0.logStartOffset = log.startOffset
            $0.records = bytes[...]
            $0.abortedTransactions =
                isolationLevel == 1
                ? log.aborted(from: asked.fetchOffset, bytes: bytes).map { range in
                    .with {
                        $0.producerID = range.producerID
                        $0.firstOffset = range.firstOffset
                    }
                } : nil
        }
    }

    private func failed(_ error: KafkaErrorCode, _ asked: Partition, isRead: Bool) -> FetchResponse.Partition {
        .with {
            $0.index = asked.index
            $0.error = error
            $0.highWatermark = -1
            $0.records = []
            // Kafka's two ways of failing differ here: before the log was looked at, and after.
            $0.abortedTransactions = isRead ? nil : []
        }
    }
}

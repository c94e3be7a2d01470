import KafkaWire

extension FetchRequest: ServedRequest {
    var patienceMs: Int32 { minBytes > 0 ? maxWaitMs : 0 }

    /// Waiting is for data only: an error is told at once.
    func isReady(_ call: Call, _ state: ClusterState) -> Bool {
        var sum = 0
        for topic in topics {
            guard let name = state.name(of: topic.name, topic.topicID, byID: call.version >= 13) else { return true }
            for asked in topic.partitions {
                guard
                    case .success(let partition) = state.partition(
                        asked.index, of: name, on: call.broker, epoch: asked.currentLeaderEpoch),
                    state.allows(call, .read, on: .topic, name.text),
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
            var leaders: Set<Int32> = []
            response.responses = topics.map { topic in
                let name = state.name(of: topic.name, topic.topicID, byID: call.version >= 13)
                return .with {
                    $0.name = topic.name
                    $0.topicID = topic.topicID
                    $0.partitions = topic.partitions.map { asked in
                        guard let name else { return failed(.unknownTopicID, asked, isRead: false) }
                        var answer = read(asked, name, call, state, &budget)
                        if call.version >= 16 { nameLeader(in: &answer, name, state, &leaders) }
                        return answer
                    }
                }
            }
            if call.version >= 13 { response.responses = Self.inKafkasOrder(response.responses) }
            response.nodeEndpoints = state.endpoints(of: leaders, call)
        }
    }

    /// Where topics have ids, what there is nothing to read of comes first, and what follows on the same topic joins it.
    private static func inKafkasOrder(_ topics: [FetchResponse.Topic]) -> [FetchResponse.Topic] {
        let absent: [KafkaErrorCode] = [.unknownTopicID, .unknownTopicOrPartition, .topicAuthorizationFailed]
        var ordered: [FetchResponse.Topic] = []
        for isAbsent in [true, false] {
            for topic in topics {
                for partition in topic.partitions where absent.contains(partition.error) == isAbsent {
                    if ordered.last?.topicID != topic.topicID {
                        ordered.append(.with { ($0.name, $0.topicID) = (topic.name, topic.topicID) })
                    }
                    ordered[ordered.count - 1].partitions.append(partition)
                }
            }
        }
        return ordered
    }

    /// Since version 16 whoever is not the leader, or was asked by an epoch that is over, says who is.
    private func nameLeader(
        in answer: inout FetchResponse.Partition, _ topic: Name, _ state: ClusterState, _ leaders: inout Set<Int32>
    ) {
        guard [.notLeaderOrFollower, .fencedLeaderEpoch].contains(answer.error),
            let partitions = state.topics[topic]?.partitions, Int(answer.index) < partitions.count
        else { return }
        let partition = partitions[Int(answer.index)]
        answer.currentLeader.leaderID = partition.leader
        answer.currentLeader.leaderEpoch = partition.leaderEpoch
        leaders.insert(partition.leader)
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

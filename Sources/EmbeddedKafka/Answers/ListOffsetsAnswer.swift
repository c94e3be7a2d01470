import KafkaWire

extension ListOffsetsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ListOffsetsResponse? {
        var seen: [Name: Set<Int32>] = [:]
        var twice: [Name: Set<Int32>] = [:]
        for topic in topics {
            for partition in topic.partitions
            where !seen[Name(topic.name), default: []].insert(partition.index).inserted {
                twice[Name(topic.name), default: []].insert(partition.index)
            }
        }
        let state = state
        return .with { response in
            response.topics = topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = asked(topic, twice[Name(topic.name)] ?? [], state).map { asked in
                        let isTwice = twice[Name(topic.name)]?.contains(asked.index) == true
                        var answer =
                            isTwice
                            ? failed(.invalidRequest, call)
                            : found(asked, Name(topic.name), call, state)
                        answer.index = asked.index
                        return answer
                    }
                }
            }
        }
    }

    /// What is asked for twice is answered once since 4.0.
    private func asked(_ topic: Topic, _ twice: Set<Int32>, _ state: ClusterState) -> [Partition] {
        guard state.profile.isKafka4 else { return topic.partitions }
        var told: Set<Int32> = []
        return topic.partitions.filter { !twice.contains($0.index) || told.insert($0.index).inserted }
    }

    private func failed(_ error: KafkaErrorCode, _ call: Call) -> ListOffsetsResponse.Partition {
        .with { $0.error = error }
    }

    private func found(
        _ asked: Partition, _ topic: Name, _ call: Call, _ state: ClusterState
    ) -> ListOffsetsResponse.Partition {
        guard state.allows(call, .describe, on: .topic, topic.text) else {
            return failed(.topicAuthorizationFailed, call)
        }
        let isKnown = Self.isKnown(asked.timestamp, call.version)
        guard isKnown || !state.profile.refusesUnknownTimes else { return failed(.unsupportedVersion, call) }
        switch state.partition(asked.index, of: topic, on: call.broker, epoch: asked.currentLeaderEpoch) {
        case .failure(let refusal): return failed(refusal.code, call)
        case .success(let partition):
            // No record is older than the epoch: the first one there is.
            return answer(isKnown ? asked.timestamp : 0, partition, call)
        }
    }

    /// Below -1 each timestamp is a question of its own, known from some version on.
    private static func isKnown(_ timestamp: Int64, _ version: Int16) -> Bool {
        switch timestamp {
        case -1, -2, 0...: true
        case -3: version >= 7
        case -4: version >= 8
        case -5: version >= 9
        case -6: version >= 11
        default: false
        }
    }

    private func answer(
        _ timestamp: Int64, _ partition: EmbeddedKafka.Topic.Partition, _ call: Call
    ) -> ListOffsetsResponse.Partition {
        let log = partition.log
        let isBehind = log.isBehind(epoch: partition.leaderEpoch)
        let readable = isolationLevel == 1 ? log.lastStableOffset : log.highWatermark
        func at(_ offset: Int64, _ epoch: Int32?, timestamp: Int64 = -1) -> ListOffsetsResponse.Partition {
            .with {
                $0.offset = offset
                $0.timestamp = timestamp
                if call.version >= 4 { $0.leaderEpoch = epoch ?? -1 }
            }
        }
        // Before version 5 there was no word for it.
        let nothing =
            isBehind ? failed(call.version >= 5 ? .offsetNotAvailable : .leaderNotAvailable, call) : at(-1, nil)
        switch timestamp {
        case -1: return isBehind ? nothing : at(readable, partition.leaderEpoch)
        case -2, -4:
            // The epoch of a start that no record stands at is not known, but for the only one there is.
            let epoch = log.epoch(at: log.startOffset) ?? log.epochs.first?.epoch
            return at(log.startOffset, epoch)
        case -3:
            guard let found = log.maxTimestamp, found.offset < readable else { return nothing }
            return at(found.offset, log.epoch(at: found.offset), timestamp: found.timestamp)
        case ..<0: return at(-1, nil)
        default:
            guard let found = log.first(notBefore: timestamp), found.offset < readable else { return nothing }
            return at(found.offset, log.epoch(at: found.offset), timestamp: found.timestamp)
        }
    }
}

extension OffsetForLeaderEpochRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> OffsetForLeaderEpochResponse? {
        let state = state
        return .with { response in
            response.topics = topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { found($0, Name(topic.name), call, state) }
                }
            }
        }
    }

    private func found(
        _ asked: Partition, _ topic: Name, _ call: Call, _ state: ClusterState
    ) -> OffsetForLeaderEpochResponse.Partition {
        .with { answer in
            answer.index = asked.index
            guard state.allows(call, .describe, on: .topic, topic.text) else {
                return answer.error = .topicAuthorizationFailed
            }
            switch state.partition(asked.index, of: topic, on: call.broker, epoch: asked.currentLeaderEpoch) {
            case .failure(let refusal): answer.error = refusal.code
            case .success(let partition):
                guard
                    let end = partition.log.end(ofEpoch: asked.leaderEpoch, current: partition.leaderEpoch)
                else { return }
                answer.leaderEpoch = end.epoch
                answer.endOffset = end.offset
            }
        }
    }
}

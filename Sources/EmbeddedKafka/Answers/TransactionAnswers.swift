import KafkaWire

extension AddPartitionsToTxnRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> AddPartitionsToTxnResponse? {
        guard state.allows(call, .write, on: .transactionalID, transactionalID) else {
            return all { _, _ in .transactionalIDAuthorizationFailed }
        }
        let known = state
        let problems = all { topic, index in
            guard known.allows(call, .write, on: .topic, topic.text) else { return .topicAuthorizationFailed }
            guard let found = known.topics[topic], !found.isHidden, index >= 0, Int(index) < found.partitions.count
            else {
                return .unknownTopicOrPartition
            }
            return .none
        }
        let isSound = problems.topics.allSatisfy { $0.partitions.allSatisfy { $0.error == .none } }
        guard isSound else {
            // All of them or none.
            var response = problems
            for topic in response.topics.indices {
                for index in response.topics[topic].partitions.indices
                where response.topics[topic].partitions[index].error == .none {
                    response.topics[topic].partitions[index].error = .operationNotAttempted
                }
            }
            return response
        }
        switch state.transaction(transactionalID, producerID, producerEpoch, call) {
        case .failure(let refusal):
            // Older clients do not know that they are fenced.
            let code = refusal.code == .producerFenced && call.version < 2 ? .invalidProducerEpoch : refusal.code
            return all { _, _ in code }
        case .success:
            let partitions = topics.flatMap { topic in
                topic.partitions.map { (topic: Name(topic.name), index: $0) }
            }
            state.add(partitions, to: Name(transactionalID))
            return problems
        }
    }

    private func all(_ error: (Name, Int32) -> KafkaErrorCode) -> AddPartitionsToTxnResponse {
        .with { response in
            response.topics = topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { index in
                        let code = error(Name(topic.name), index)
                        return .with {
                            $0.index = index
                            $0.error = code
                        }
                    }
                }
            }
        }
    }
}

extension AddOffsetsToTxnRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> AddOffsetsToTxnResponse? {
        let error = added(call, &state)
        return .with { $0.error = error }
    }

    private func added(_ call: Call, _ state: inout ClusterState) -> KafkaErrorCode {
        guard state.allows(call, .write, on: .transactionalID, transactionalID) else {
            return .transactionalIDAuthorizationFailed
        }
        guard state.allows(call, .read, on: .group, groupID) else { return .groupAuthorizationFailed }
        switch state.transaction(transactionalID, producerID, producerEpoch, call) {
        case .failure(let refusal):
            return refusal.code == .producerFenced && call.version < 2 ? .invalidProducerEpoch : refusal.code
        case .success:
            state.add([], groups: [Name(groupID)], to: Name(transactionalID))
            return .none
        }
    }
}

extension EndTxnRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> EndTxnResponse? {
        let error = ended(call, &state)
        let transaction = state.transactions[Name(transactionalID)]
        return .with {
            $0.error = error
            guard error == .none, call.version >= 5, let transaction else { return }
            $0.producerID = transaction.producerID
            $0.producerEpoch = transaction.epoch
        }
    }

    private func ended(_ call: Call, _ state: inout ClusterState) -> KafkaErrorCode {
        guard state.allows(call, .write, on: .transactionalID, transactionalID) else {
            return .transactionalIDAuthorizationFailed
        }
        let name = Name(transactionalID)
        // From version 5 on each transaction has an epoch of its own, also one that wrote nothing.
        let bumps = call.version >= 5
        if bumps, let known = state.transactions[name], known.producerID == producerID,
            known.lastEpoch == producerEpoch, known.epoch == producerEpoch &+ 1,
            Name(known.state) == (committed ? "CompleteCommit" : "CompleteAbort")
        {
            return .none  // asked again
        }
        switch state.transaction(transactionalID, producerID, producerEpoch, call) {
        case .failure(let refusal):
            return refusal.code == .producerFenced && call.version < 2 ? .invalidProducerEpoch : refusal.code
        case .success(let transaction):
            switch transaction.state {
            case "Ongoing": break
            case "CompleteCommit" where !bumps: return committed ? .none : .invalidTxnState
            case "CompleteAbort" where !bumps: return committed ? .invalidTxnState : .none
            default:
                guard bumps, !committed else { return .invalidTxnState }
                var open = transaction
                open.state = "Ongoing"
                state.transactions[name] = open
            }
            do { try state.end(name, committed: committed, bumping: bumps) } catch { return .kafkaStorageError }
            return .none
        }
    }
}

extension TxnOffsetCommitRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> TxnOffsetCommitResponse? {
        var response = TxnOffsetCommitResponse()
        let error = refusal(call, state)
        for topic in topics {
            var partitions: [TxnOffsetCommitResponse.Partition] = []
            for partition in topic.partitions {
                let code =
                    problem(partition, Name(topic.name), call, state) ?? error
                    ?? taken(partition, Name(topic.name), call, &state)
                partitions.append(
                    .with {
                        $0.index = partition.index
                        $0.error = code
                    })
            }
            response.topics.append(
                .with {
                    $0.name = topic.name
                    $0.partitions = partitions
                })
        }
        return response
    }

    private func refusal(_ call: Call, _ state: ClusterState) -> KafkaErrorCode? {
        guard state.allows(call, .write, on: .transactionalID, transactionalID) else {
            return .transactionalIDAuthorizationFailed
        }
        if let refusal = state.refusal(of: groupID, call) { return refusal }
        if let member = memberRefusal(state) { return member }
        switch state.transaction(transactionalID, producerID, producerEpoch, call) {
        case .failure(let refusal):
            switch refusal.code {
            case .notCoordinator: return nil  // the group's coordinator is another than the transaction's
            case .producerFenced: return .invalidProducerEpoch
            default: return refusal.code
            }
        case .success(let transaction):
            // From version 5 on there is no AddOffsetsToTxn before.
            guard call.version < 5 else { return nil }
            let isOpen = Name(transaction.state) == "Ongoing" && transaction.groups.contains(Name(groupID))
            return isOpen ? nil : call.version >= 4 ? .transactionAbortable : .invalidTxnState
        }
    }

    private func memberRefusal(_ state: ClusterState) -> KafkaErrorCode? {
        guard generationID >= 0 || !memberID.isEmpty else { return nil }
        guard let group = state.groups[Name(groupID)] else { return .illegalGeneration }
        guard group.index(of: memberID) != nil else { return .unknownMemberID }
        return group.epoch == generationID ? nil : .illegalGeneration
    }

    /// What is wrong with a partition, whoever asks for it.
    private func problem(
        _ partition: Partition, _ topic: Name, _ call: Call, _ state: ClusterState
    ) -> KafkaErrorCode? {
        guard state.allows(call, .write, on: .transactionalID, transactionalID),
            state.allows(call, .read, on: .group, groupID)
        else { return nil }
        guard state.allows(call, .read, on: .topic, topic.text) else { return .topicAuthorizationFailed }
        guard let known = state.topics[topic], !known.isHidden, partition.index >= 0,
            Int(partition.index) < known.partitions.count
        else { return .unknownTopicOrPartition }
        return nil
    }

    private func taken(
        _ partition: Partition, _ topic: Name, _ call: Call, _ state: inout ClusterState
    ) -> KafkaErrorCode {
        let metadata = partition.committedMetadata ?? ""
        guard metadata.utf8.count <= 4096 else { return .offsetMetadataTooLarge }
        state.add([], groups: [Name(groupID)], to: Name(transactionalID))
        let producer = producerID
        state.change(groupID) { group in
            group.pending[producer, default: [:]][topic, default: [:]][partition.index] = EmbeddedKafka.Group.Commit(
                offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch, metadata: metadata)
        }
        return .none
    }
}

import KafkaWire

extension OffsetFetchRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> OffsetFetchResponse? {
        let state = state
        guard call.version >= 8 else {
            let error = refusal(groupID, call, state)
            return .with { response in
                response.error = error ?? .none
                response.topics = error == nil ? fetched(groupID, topics, call, state) : failed(topics, error, call)
            }
        }
        return .with { response in
            response.groups = groups.map { asked in
                let error = refusal(asked.groupID, call, state) ?? memberRefusal(asked, state)
                return .with {
                    $0.groupID = asked.groupID
                    $0.error = error ?? .none
                    $0.topics = error == nil ? fetched(asked.groupID, asked.topics, call, state) : []
                }
            }
        }
    }

    private func refusal(_ group: String, _ call: Call, _ state: ClusterState) -> KafkaErrorCode? {
        guard state.allows(call, .describe, on: .group, group) else { return .groupAuthorizationFailed }
        return state.coordinator(of: Name(group)) == call.broker ? nil : .notCoordinator
    }

    /// Members of the new protocol say which epoch they are in, and are told where it has passed.
    private func memberRefusal(_ asked: Group, _ state: ClusterState) -> KafkaErrorCode? {
        guard let id = asked.memberID, let group = state.groups[Name(asked.groupID)], group.kind == .consumer,
            !group.members.isEmpty
        else { return nil }
        guard let member = group.members.first(where: { Name($0.id) == Name(id) }) else { return .unknownMemberID }
        return member.epoch == asked.memberEpoch ? nil : .staleMemberEpoch
    }

    /// Before version 2 there was no place for an error of the group; partitions still carry it.
    private func failed(
        _ topics: [Topic]?, _ error: KafkaErrorCode?, _ call: Call
    ) -> [OffsetFetchResponse.Topic] {
        guard call.version < 2, let error else { return [] }
        return (topics ?? []).map { topic in
            .with {
                $0.name = topic.name
                $0.partitions = topic.partitionIndexes.map { failed($0, error) }
            }
        }
    }

    private func fetched(
        _ group: String, _ topics: [Topic]?, _ call: Call, _ state: ClusterState
    ) -> [OffsetFetchResponse.Topic] {
        let group = state.groups[Name(group)]
        let commits = group?.commits ?? [:]
        guard let topics else {
            return commits.sorted { $0.key < $1.key }.compactMap { topic, partitions in
                guard state.allows(call, .describe, on: .topic, topic.text) else { return nil }
                let id = state.topics[topic]?.id ?? .zero
                if call.version >= 10, id == .zero { return nil }
                return .with {
                    $0.name = topic.text
                    $0.topicID = id
                    $0.partitions = partitions.keys.sorted().map { index in
                        told(index, partitions[index], group?.hasPending(topic, index) ?? false)
                    }
                }
            }
        }
        return topics.map { topic in
            let name = state.name(of: topic.name, topic.topicID, byID: call.version >= 10)
            let isAllowed = name.map { state.allows(call, .describe, on: .topic, $0.text) } ?? false
            return .with {
                $0.name = topic.name
                $0.topicID = topic.topicID
                $0.partitions = topic.partitionIndexes.map { index in
                    guard let name else { return failed(index, .unknownTopicID) }
                    guard isAllowed else { return failed(index, .topicAuthorizationFailed) }
                    return told(index, commits[name]?[index], group?.hasPending(name, index) ?? false)
                }
            }
        }
    }

    private func failed(_ index: Int32, _ error: KafkaErrorCode) -> OffsetFetchResponse.Partition {
        .with {
            $0.index = index
            $0.committedOffset = -1
            $0.error = error
        }
    }

    private func told(
        _ index: Int32, _ commit: EmbeddedKafka.Group.Commit?, _ isPending: Bool
    ) -> OffsetFetchResponse.Partition {
        if isPending, requireStable { return failed(index, .unstableOffsetCommit) }
        guard let commit else { return failed(index, .none) }
        return .with {
            $0.index = index
            $0.committedOffset = commit.offset
            $0.committedLeaderEpoch = commit.leaderEpoch
            $0.metadata = commit.metadata
        }
    }
}

extension OffsetCommitRequest: ServedRequest {
    private static let metadataLimit = 4096

    func answer(_ call: Call, _ state: inout ClusterState) -> OffsetCommitResponse? {
        let error = refusal(call, state)
        var response = OffsetCommitResponse()
        for topic in topics {
            let name = state.name(of: topic.name, topic.topicID, byID: call.version >= 10)
            var answers: [OffsetCommitResponse.Partition] = []
            for partition in topic.partitions {
                let code = error ?? name.map { commit(partition, $0, call, &state) } ?? .unknownTopicID
                answers.append(
                    .with {
                        $0.index = partition.index
                        $0.error = code
                    })
            }
            response.topics.append(
                .with {
                    $0.name = topic.name
                    $0.topicID = topic.topicID
                    $0.partitions = answers
                })
        }
        return response
    }

    private func refusal(_ call: Call, _ state: ClusterState) -> KafkaErrorCode? {
        guard state.allows(call, .read, on: .group, groupID) else { return .groupAuthorizationFailed }
        guard state.coordinator(of: Name(groupID)) == call.broker else { return .notCoordinator }
        guard let group = state.groups[Name(groupID)] else {
            // A group that is not there yet is made by a commit from outside it, not by a member of it.
            guard generationIDOrMemberEpoch >= 0 else { return nil }
            return call.version >= 9 ? .groupIDNotFound : .illegalGeneration
        }
        // Share groups have no offsets to commit, whoever asks.
        guard group.kind != .share else { return .groupIDNotFound }
        if group.members.isEmpty, generationIDOrMemberEpoch < 0 { return nil }
        guard let member = group.members.first(where: { Name($0.id) == Name(memberID) }) else {
            return .unknownMemberID
        }
        guard group.kind != .classic else {
            return generationIDOrMemberEpoch == group.epoch ? nil : .illegalGeneration
        }
        guard call.version >= 9 else { return .unsupportedVersion }
        return generationIDOrMemberEpoch == member.epoch ? nil : .staleMemberEpoch
    }

    private func commit(
        _ partition: Partition, _ topic: Name, _ call: Call, _ state: inout ClusterState
    ) -> KafkaErrorCode {
        guard state.allows(call, .read, on: .topic, topic.text) else { return .topicAuthorizationFailed }
        guard let known = state.topics[topic], !known.isHidden, partition.index >= 0,
            Int(partition.index) < known.partitions.count
        else { return .unknownTopicOrPartition }
        let metadata = partition.committedMetadata ?? ""
        guard metadata.utf8.count <= Self.metadataLimit else { return .offsetMetadataTooLarge }
        state.groups[Name(groupID), default: Group()].commits[topic, default: [:]][partition.index] =
            Group.Commit(
                offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch, metadata: metadata)
        return .none
    }
}

import KafkaWire

extension HeartbeatRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> HeartbeatResponse? {
        let error = heard(call, &state)
        return .with { $0.error = error }
    }

    private func heard(_ call: Call, _ state: inout ClusterState) -> KafkaErrorCode {
        if let refusal = state.refusal(of: groupID, call) { return refusal }
        guard state.groups[Name(groupID)] != nil else { return .unknownMemberID }
        let (now, id) = (state.nowMs, memberID)
        state.change(groupID) { $0.expire(nowMs: now) }
        guard let group = state.groups[Name(groupID)], let index = group.index(of: memberID) else {
            return .unknownMemberID
        }
        if let instance = groupInstanceID, group.members[index].instanceID.map({ Name($0) }) != Name(instance) {
            return .fencedInstanceID
        }
        guard generationID == group.epoch else { return .illegalGeneration }
        state.change(groupID) { group in
            if let index = group.index(of: id) { group.members[index].session?.lastSeenMs = now }
        }
        return group.state == "PreparingRebalance" ? .rebalanceInProgress : .none
    }
}

extension LeaveGroupRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> LeaveGroupResponse? {
        if let refusal = state.refusal(of: groupID, call) { return .with { $0.error = refusal } }
        guard call.version >= 3 else {
            let error = left(memberID, nil, &state)
            return .with { $0.error = error }
        }
        var response = LeaveGroupResponse()
        for member in members {
            let error = left(member.memberID, member.groupInstanceID, &state)
            response.members.append(
                .with {
                    $0.memberID = member.memberID
                    $0.groupInstanceID = member.groupInstanceID
                    $0.error = error
                })
        }
        return response
    }

    private func left(_ id: String, _ instance: String?, _ state: inout ClusterState) -> KafkaErrorCode {
        guard let group = state.groups[Name(groupID)] else { return .unknownMemberID }
        if group.announced.contains(Name(id)) {
            state.change(groupID) { $0.announced.remove(Name(id)) }
            return .none
        }
        let index =
            id.isEmpty && instance != nil
            ? group.members.firstIndex { $0.instanceID != nil && $0.instanceID == instance } : group.index(of: id)
        guard let index else { return .unknownMemberID }
        state.change(groupID) { $0.remove(at: index) }
        return .none
    }
}

extension DeleteGroupsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DeleteGroupsResponse? {
        var response = DeleteGroupsResponse()
        for name in groupsNames {
            let error = deleted(name, call, &state)
            response.results.append(
                .with {
                    $0.groupID = name
                    $0.error = error
                })
        }
        return response
    }

    private func deleted(_ name: String, _ call: Call, _ state: inout ClusterState) -> KafkaErrorCode {
        guard state.allows(call, .delete, on: .group, name) else { return .groupAuthorizationFailed }
        guard state.coordinator(of: Name(name)) == call.broker else { return .notCoordinator }
        guard let group = state.groups[Name(name)] else { return .groupIDNotFound }
        guard group.members.isEmpty else { return .nonEmptyGroup }
        state.groups[Name(name)] = nil
        return .none
    }
}

extension OffsetDeleteRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> OffsetDeleteResponse? {
        guard state.allows(call, .delete, on: .group, groupID) else {
            return .with { $0.error = .groupAuthorizationFailed }
        }
        guard !groupID.isEmpty else { return .with { $0.error = .invalidGroupID } }
        guard state.coordinator(of: Name(groupID)) == call.broker else { return .with { $0.error = .notCoordinator } }
        guard let group = state.groups[Name(groupID)] else { return .with { $0.error = .groupIDNotFound } }
        guard group.members.isEmpty || Name(group.protocolType) == "consumer" else {
            return .with { $0.error = .nonEmptyGroup }
        }
        var response = OffsetDeleteResponse()
        for topic in topics {
            var partitions: [OffsetDeleteResponse.Partition] = []
            for partition in topic.partitions {
                let error = deleted(partition.index, Name(topic.name), group, call, &state)
                partitions.append(
                    .with {
                        $0.index = partition.index
                        $0.error = error
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

    private func deleted(
        _ index: Int32, _ topic: Name, _ group: EmbeddedKafka.Group, _ call: Call, _ state: inout ClusterState
    ) -> KafkaErrorCode {
        guard state.allows(call, .read, on: .topic, topic.text) else { return .topicAuthorizationFailed }
        guard let known = state.topics[topic], index >= 0, Int(index) < known.partitions.count else {
            return .unknownTopicOrPartition
        }
        let isRead = group.members.contains { member in
            member.subscription.contains { Name($0) == topic } || member.assignment[topic] != nil
                || (member.session?.metadata(for: group.assignor)).map {
                    ConsumerProtocol.topics(in: $0).contains(topic)
                } ?? false
        }
        guard !isRead else { return .groupSubscribedToTopic }
        state.change(groupID) { group in
            group.commits[topic]?[index] = nil
            if group.commits[topic]?.isEmpty == true { group.commits[topic] = nil }
        }
        return .none
    }
}

extension ConsumerProtocol {
    /// The topics of a subscription; none where its bytes do not say.
    static func topics(in subscription: [UInt8]) -> [Name] {
        var rest = subscription.dropFirst(2)
        func take(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let count = take(4), count <= rest.count / 2 else { return [] }
        var topics: [Name] = []
        for _ in 0..<count {
            guard let length = take(2), length <= rest.count else { break }
            topics.append(Name(String(decoding: rest.prefix(length), as: UTF8.self)))
            rest = rest.dropFirst(length)
        }
        return topics
    }
}

import KafkaWire

extension ListGroupsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ListGroupsResponse? {
        state.expireMembers()
        let state = state
        let seesAll = state.allows(call, onCluster: .describe)
        return .with { response in
            for (name, group) in state.groups.sorted(by: { $0.key < $1.key }) {
                guard state.coordinator(of: name) == call.broker,
                    seesAll || state.allows(call, .describe, on: .group, name.text),
                    Self.has(statesFilter, group.state), Self.has(typesFilter, group.kind.rawValue)
                else { continue }
                response.groups.append(
                    .with {
                        $0.groupID = name.text
                        $0.protocolType = group.kind == .classic ? group.protocolType : group.kind.rawValue
                        if call.version >= 4 { $0.groupState = group.state }
                        if call.version >= 5 { $0.groupType = group.kind.rawValue }
                    })
            }
        }
    }

    /// An empty filter lets everything through; case does not matter.
    private static func has(_ filter: [String], _ word: String) -> Bool {
        filter.isEmpty || filter.contains { Name($0.lowercased()) == Name(word.lowercased()) }
    }
}

extension DescribeGroupsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeGroupsResponse? {
        state.expireMembers()
        let state = state
        return .with { response in
            response.groups = groups.map { name in
                .with { answer in
                    answer.groupID = name
                    describe(Name(name), call, state, into: &answer)
                }
            }
        }
    }

    private func describe(
        _ name: Name, _ call: Call, _ state: ClusterState, into answer: inout DescribeGroupsResponse.Group
    ) {
        guard state.allows(call, .describe, on: .group, name.text) else {
            return answer.error = .groupAuthorizationFailed
        }
        guard state.coordinator(of: name) == call.broker else { return answer.error = .notCoordinator }
        if includeAuthorizedOperations, call.version >= 3 {
            answer.authorizedOperations = state.access.operations(
                call.principal, on: .group, name.text, state.profile)
        }
        guard let group = state.groups[name], group.kind == .classic else {
            if call.version >= 6 { answer.authorizedOperations = .min }
            // Kafka tells nobody apart here before version 6: such a group is dead.
            answer.groupState = "Dead"
            if call.version >= 6 {
                answer.error = .groupIDNotFound
                answer.errorMessage =
                    state.groups[name] == nil
                    ? "Group \(name) not found." : "Group \(name) is not a classic group."
            }
            return
        }
        answer.groupState = group.state
        answer.protocolType = group.protocolType
        answer.protocolData = group.state == "Stable" ? group.assignor : ""
        answer.members = group.members.map { member in
            .with {
                $0.memberID = member.id
                $0.groupInstanceID = call.version >= 4 ? member.instanceID : nil
                $0.clientID = member.clientID
                $0.clientHost = member.clientHost
                guard group.state == "Stable" else { return }
                $0.memberMetadata =
                    member.session?.metadata(for: group.assignor) ?? ConsumerProtocol.subscription(member.subscription)
                $0.memberAssignment = member.session?.assignment ?? ConsumerProtocol.assignment(member.assignment)
            }
        }
    }
}

extension ConsumerGroupDescribeRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ConsumerGroupDescribeResponse? {
        let state = state
        return .with { response in
            response.groups = groupIDs.map { name in
                .with { answer in
                    answer.groupID = name
                    describe(Name(name), call, state, into: &answer)
                }
            }
        }
    }

    private func describe(
        _ name: Name, _ call: Call, _ state: ClusterState, into answer: inout ConsumerGroupDescribeResponse.Group
    ) {
        guard state.allows(call, .describe, on: .group, name.text) else {
            return answer.error = .groupAuthorizationFailed
        }
        guard state.coordinator(of: name) == call.broker else { return answer.error = .notCoordinator }
        if includeAuthorizedOperations {
            answer.authorizedOperations = state.access.operations(
                call.principal, on: .group, name.text, state.profile)
        }
        guard let group = state.groups[name], group.kind == .consumer else {
            answer.authorizedOperations = .min
            answer.error = .groupIDNotFound
            answer.errorMessage =
                !state.profile.isKafka4
                ? nil
                : state.groups[name] == nil ? "Group \(name) not found." : "Group \(name) is not a consumer group."
            return
        }
        answer.groupState = group.state
        answer.groupEpoch = group.epoch
        answer.assignmentEpoch = group.epoch
        answer.assignorName = group.assignor
        answer.members = group.members.map { member in
            let assignment = ConsumerGroupDescribeResponse.Assignment.with {
                $0.topicPartitions = member.assignment.sorted { $0.key < $1.key }.map { topic, partitions in
                    .with {
                        $0.topicID = state.topics[topic]?.id ?? .zero
                        $0.name = topic.text
                        $0.partitions = partitions
                    }
                }
            }
            return .with {
                $0.memberID = member.id
                $0.instanceID = member.instanceID
                $0.memberEpoch = member.epoch
                $0.clientID = member.clientID
                $0.clientHost = member.clientHost
                $0.subscribedTopicNames = member.subscription
                $0.subscribedTopicRegex = ""
                $0.assignment = assignment
                $0.targetAssignment = assignment
                if call.version >= 1 { $0.memberType = 1 }
            }
        }
    }
}

/// What members of classic groups tell each other, which brokers pass on as bytes.
enum ConsumerProtocol {
    static func subscription(_ topics: [String]) -> [UInt8] {
        var bytes: [UInt8] = [0, 0]
        append(Int32(topics.count), &bytes)
        for topic in topics { append(topic, &bytes) }
        append(Int32(-1), &bytes)
        return bytes
    }

    static func assignment(_ partitions: [Name: [Int32]]) -> [UInt8] {
        var bytes: [UInt8] = [0, 0]
        append(Int32(partitions.count), &bytes)
        for (topic, indexes) in partitions.sorted(by: { $0.key < $1.key }) {
            append(topic.text, &bytes)
            append(Int32(indexes.count), &bytes)
            for index in indexes { append(index, &bytes) }
        }
        append(Int32(-1), &bytes)
        return bytes
    }

    private static func append(_ text: String, _ bytes: inout [UInt8]) {
        append(Int16(truncatingIfNeeded: text.utf8.count), &bytes)
        bytes += text.utf8
    }

    private static func append<I: FixedWidthInteger>(_ value: I, _ bytes: inout [UInt8]) {
        for shift in stride(from: I.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

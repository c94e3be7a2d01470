package import KafkaClient
private import KafkaWire

/// How a group is run; decides which call describes it.
package enum GroupType: String, Sendable {
    case classic, consumer, share, streams
    /// The brokers are too old to tell (ListGroups before version 5).
    case untold
}

/// A group as the list of groups shows it.
package struct GroupListing: Hashable, Sendable {
    package let group: String
    package let type: GroupType
    /// Lower case, such as `stable` or `empty`; nil where the brokers are too old to tell (before version 4).
    package let state: String?
    /// `consumer`, `connect`, … or empty for one that only commits.
    package let protocolType: String
}

/// A member of a group.
package struct GroupMember: Hashable, Sendable {
    package let memberID: String
    package let instanceID: String?
    package let clientID: String
    package let host: String
    package let assignments: [TopicPartition]
}

/// A group as its coordinator describes it.
package struct GroupDescription: Hashable, Sendable {
    package let group: String
    package let type: GroupType
    package let state: String
    package let protocolType: String
    package let assignor: String?
    package let members: [GroupMember]
    package let authorizedOperations: [AclOperation]?
}

extension KafkaCluster {
    /// Every group of the cluster that the principal may describe: every broker is asked for those it coordinates.
    package func groups(_ context: CallContext) async throws(KafkaError) -> [GroupListing] {
        let lists = try await askEveryBroker(ListGroupsRequest.self, home: "__consumer_offsets", context) { _ in
            ListGroupsRequest()
        } read: { reply throws(KafkaError) in
            guard reply.response.error == .none else {
                throw KafkaError(.broker(reply.response.error, message: nil))
            }
            return reply.response.groups.map { group in
                GroupListing(
                    group: group.groupID,
                    type: reply.version >= 5 ? GroupType(rawValue: group.groupType.lowercased()) ?? .untold : .untold,
                    state: reply.version >= 4 ? group.groupState.lowercased() : nil,
                    protocolType: group.protocolType)
            }
        }
        var byName: [ExactText: GroupListing] = [:]
        for listing in lists.joined() { byName[ExactText(listing.group)] = listing }
        return byName.values.sorted { $0.group < $1.group }
    }

    /// What the coordinator says of a group; `GROUP_ID_NOT_FOUND` where there is none.
    ///
    /// DescribeGroups says "Dead", without an error, both of a group that does not exist and of a live one of the new
    /// protocol (KIP-848), and later versions say "not found" of groups of other kinds too. So the new call comes
    /// first, and neither word is believed before the list of groups agrees.
    package func group(_ name: String, _ context: CallContext) async throws(KafkaError) -> GroupDescription {
        if let described = try await known({ () throws(KafkaError) in try await consumerGroup(name, context) }) {
            return described
        }
        if let described = try await known({ () throws(KafkaError) in try await classicGroup(name, context) }) {
            return described
        }
        guard let listed = try await groups(context).first(where: { ExactText($0.group) == ExactText(name) }) else {
            throw KafkaError(.broker(.groupIDNotFound, message: "group \(name)"), api: "DescribeGroups")
        }
        throw KafkaError(
            .unsupported(
                "group \(name) is listed (type \(listed.type.rawValue)) yet not described: what it does cannot be told"),
            api: "DescribeGroups")
    }

    /// A description that says something; nil where the call does not know groups of that kind, or not this one.
    private func known(
        _ describe: () async throws(KafkaError) -> GroupDescription
    ) async throws(KafkaError) -> GroupDescription? {
        do {
            let described = try await describe()
            return described.state == "dead" ? nil : described
        } catch {
            switch error.reason {
            // Brokers that have the call, but not the protocol switched on, answer 35.
            case .unsupported, .broker(.groupIDNotFound, _), .broker(.unsupportedVersion, _): return nil
            default: throw error
            }
        }
    }

    private func consumerGroup(
        _ name: String, _ context: CallContext
    ) async throws(KafkaError) -> GroupDescription {
        try await callCoordinator(ConsumerGroupDescribeRequest.self, of: name, context) { _ in
            .with {
                $0.groupIDs = [name]
                $0.includeAuthorizedOperations = true
            }
        } read: { reply throws(KafkaError) in
            guard let group = reply.response.groups.first(where: { $0.groupID.utf8.elementsEqual(name.utf8) }) else {
                throw KafkaError(.malformed("no answer for group \(name)"))
            }
            guard group.error == .none else { throw KafkaError(.broker(group.error, message: group.errorMessage)) }
            return GroupDescription(
                group: name, type: .consumer, state: group.groupState.lowercased(), protocolType: "consumer",
                assignor: group.assignorName,
                members: group.members.map { member in
                    GroupMember(
                        memberID: member.memberID, instanceID: member.instanceID, clientID: member.clientID,
                        host: member.clientHost,
                        assignments: member.assignment.topicPartitions.flatMap { topic in
                            topic.partitions.map { TopicPartition(topic.name, $0) }
                        })
                },
                authorizedOperations: AclOperation.operations(in: group.authorizedOperations))
        }
    }

    private func classicGroup(
        _ name: String, _ context: CallContext
    ) async throws(KafkaError) -> GroupDescription {
        try await callCoordinator(DescribeGroupsRequest.self, of: name, context) { version in
            .with {
                $0.groups = [name]
                $0.includeAuthorizedOperations = version >= 3
            }
        } read: { reply throws(KafkaError) in
            guard let group = reply.response.groups.first(where: { $0.groupID.utf8.elementsEqual(name.utf8) }) else {
                throw KafkaError(.malformed("no answer for group \(name)"))
            }
            // Version 6 calls a missing group by its name (KIP-1043); before, it is only "Dead".
            guard group.error == .none else { throw KafkaError(.broker(group.error, message: group.errorMessage)) }
            return GroupDescription(
                group: name, type: .classic, state: group.groupState.lowercased(), protocolType: group.protocolType,
                assignor: group.protocolData.isEmpty ? nil : group.protocolData,
                members: group.members.map { member in
                    GroupMember(
                        memberID: member.memberID, instanceID: member.groupInstanceID, clientID: member.clientID,
                        host: member.clientHost,
                        assignments: group.protocolType == "consumer"
                            ? ConsumerAssignment.partitions(in: member.memberAssignment) : [])
                },
                authorizedOperations: reply.version >= 3
                    ? AclOperation.operations(in: group.authorizedOperations) : nil)
        }
    }
}

import KafkaClient
import KafkaWire

extension ScriptedCluster {
    func coordinator(
        _ request: FindCoordinatorRequest, _ model: ClusterModel, _ call: Call
    ) -> FindCoordinatorResponse {
        func found(_ key: String) -> (node: Int32, address: HostPort) {
            let node = model.groups[key]?.coordinator ?? 0
            return (node, model.brokers[node]?.advertised ?? address(of: node))
        }
        guard call.version >= 4 else {
            let (node, address) = found(request.key)
            return .with {
                $0.nodeID = node; $0.host = address.host; $0.port = Int32(address.port)
            }
        }
        return .with {
            $0.coordinators = request.coordinatorKeys.map { key in
                let (node, address) = found(key)
                return .with {
                    $0.key = key; $0.nodeID = node; $0.host = address.host; $0.port = Int32(address.port)
                }
            }
        }
    }

    /// The group, where the broker coordinates it; a group that the model does not have is empty, at broker 0.
    private static func coordinated(
        _ name: String, _ model: ClusterModel, _ call: Call
    ) -> (group: ClusterModel.Group?, error: KafkaErrorCode) {
        let group = model.groups[name]
        return (group?.coordinator ?? 0) == call.node ? (group, .none) : (nil, .notCoordinator)
    }

    static func commits(_ request: OffsetFetchRequest, _ model: ClusterModel, _ call: Call) -> OffsetFetchResponse {
        guard call.version >= 8 else {
            let (group, error) = coordinated(request.groupID, model, call)
            return .with {
                $0.error = error
                if error == .none { $0.topics = commits(request.topics, of: group, request.requireStable) }
            }
        }
        return .with {
            $0.groups = request.groups.map { asked in
                let (group, error) = coordinated(asked.groupID, model, call)
                return .with {
                    $0.groupID = asked.groupID
                    $0.error = error
                    if error == .none { $0.topics = commits(asked.topics, of: group, request.requireStable) }
                }
            }
        }
    }

    private static func commits(
        _ asked: [OffsetFetchRequest.Topic]?, of group: ClusterModel.Group?, _ requireStable: Bool
    ) -> [OffsetFetchResponse.Topic] {
        let commits = group?.commits ?? [:]
        let partitions =
            asked.map { $0.flatMap { topic in topic.partitionIndexes.map { TopicPartition(topic.name, $0) } } }
            ?? commits.keys.sorted()
        var byTopic: [String: [OffsetFetchResponse.Partition]] = [:]
        for partition in partitions {
            byTopic[partition.topic, default: []].append(
                .with {
                    $0.index = partition.partition
                    $0.committedOffset = commits[partition] ?? -1
                    if requireStable, group?.unstable.contains(partition) == true {
                        $0.committedOffset = -1
                        $0.error = .unstableOffsetCommit
                    }
                })
        }
        return byTopic.sorted { $0.key < $1.key }.map { topic in
            .with {
                $0.name = topic.key; $0.partitions = topic.value
            }
        }
    }

    static func groups(_ model: ClusterModel, _ call: Call) -> ListGroupsResponse {
        .with {
            $0.groups = model.groups.filter { $0.value.coordinator == call.node }.sorted { $0.key < $1.key }
                .map { name, group in
                    .with {
                        $0.groupID = name
                        $0.protocolType = group.protocolType
                        if call.version >= 4 { $0.groupState = group.state }
                        if call.version >= 5 { $0.groupType = group.type }
                    }
                }
        }
    }

    static func classicGroups(
        _ request: DescribeGroupsRequest, _ model: ClusterModel, _ call: Call
    ) -> DescribeGroupsResponse {
        .with {
            $0.groups = request.groups.map { name in
                let (group, error) = coordinated(name, model, call)
                return .with {
                    $0.groupID = name
                    $0.error = error
                    guard error == .none else { return }
                    guard let group, group.type == "classic" else {
                        $0.groupState = "Dead"
                        if call.version >= 6 { $0.error = .groupIDNotFound }
                        return
                    }
                    $0.groupState = group.state
                    $0.protocolType = group.protocolType
                    $0.members = group.members.map { member in
                        .with {
                            $0.memberID = member.id
                            $0.clientID = member.clientID
                            $0.clientHost = member.host
                            $0.memberAssignment = assignment(member.assignments)
                        }
                    }
                }
            }
        }
    }

    static func consumerGroups(
        _ request: ConsumerGroupDescribeRequest, _ model: ClusterModel, _ call: Call
    ) -> ConsumerGroupDescribeResponse {
        .with {
            $0.groups = request.groupIDs.map { name in
                let (group, error) = coordinated(name, model, call)
                return .with {
                    $0.groupID = name
                    $0.error = error
                    guard error == .none else { return }
                    guard let group, group.type == "consumer" else {
                        $0.error = .groupIDNotFound
                        return
                    }
                    $0.groupState = group.state
                    $0.assignorName = "uniform"
                    $0.members = group.members.map { member in
                        .with {
                            $0.memberID = member.id
                            $0.clientID = member.clientID
                            $0.clientHost = member.host
                            $0.assignment.topicPartitions = byTopic(member.assignments).map { topic in
                                .with {
                                    $0.name = topic.key; $0.partitions = topic.value
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func byTopic(_ partitions: [TopicPartition]) -> [(key: String, value: [Int32])] {
        Dictionary(grouping: partitions, by: \.topic).mapValues { $0.map(\.partition).sorted() }
            .sorted { $0.key < $1.key }
    }

    /// As the leader of a classic consumer group writes it, version 0.
    private static func assignment(_ partitions: [TopicPartition]) -> [UInt8] {
        func big(_ value: some FixedWidthInteger) -> [UInt8] {
            (0..<value.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let topics = byTopic(partitions)
        var bytes = big(Int16(0)) + big(Int32(topics.count))
        for (name, indices) in topics {
            bytes += big(Int16(name.utf8.count)) + Array(name.utf8) + big(Int32(indices.count))
            for index in indices { bytes += big(index) }
        }
        return bytes + big(Int32(-1))
    }
}

import KafkaWire

extension MetadataRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> MetadataResponse? {
        .with { response in
            response.brokers = state.liveBrokers.compactMap { broker in
                guard let endpoint = broker.endpoints[call.listener] else { return nil }
                return .with {
                    $0.nodeID = broker.id
                    $0.host = endpoint.host
                    $0.port = Int32(endpoint.port)
                    $0.rack = broker.rack
                }
            }
            response.clusterID = state.clusterID
            response.controllerID = state.controller
            if includeClusterAuthorizedOperations, call.version >= 8, call.version <= 10 {
                // Whoever may not describe the cluster is told nothing, as an empty set.
                response.clusterAuthorizedOperations =
                    state.allows(call, onCluster: .describe)
                    ? state.access.operations(call.principal, on: .cluster, "kafka-cluster", state.profile) : 0
            }
            guard let topics else {
                for (name, topic) in state.topics.sorted(by: { $0.key < $1.key })
                where !topic.isHidden && state.allows(call, .describe, on: .topic, name.text) {
                    response.topics.append(described(name, topic, call, state))
                }
                return
            }
            response.topics = topics.map { answer($0, call, state) }
        }
    }

    private func answer(
        _ asked: Topic, _ call: Call, _ state: ClusterState
    ) -> MetadataResponse.Topic {
        if let name = asked.name {
            guard state.allows(call, .describe, on: .topic, name) else {
                return failed(.topicAuthorizationFailed, name, .zero, call)
            }
            guard let topic = state.topics[Name(name)], !topic.isHidden else {
                let isName = TopicName.problem(name) == nil
                return failed(isName ? .unknownTopicOrPartition : .invalidTopicException, name, .zero, call)
            }
            return described(Name(name), topic, call, state)
        }
        // A topic that may not be described is not told apart by id from one that does not exist.
        guard let (name, topic) = state.topic(withID: asked.topicID), !topic.isHidden else {
            return failed(.unknownTopicID, nil, asked.topicID, call)
        }
        guard state.allows(call, .describe, on: .topic, name.text) else {
            return failed(.topicAuthorizationFailed, nil, asked.topicID, call)
        }
        return described(name, topic, call, state)
    }

    private func failed(
        _ error: KafkaErrorCode, _ name: String?, _ id: KafkaUUID, _ call: Call
    ) -> MetadataResponse.Topic {
        .with {
            $0.error = error
            $0.name = name ?? (call.version >= 12 ? nil : "")
            $0.topicID = id
        }
    }

    private func described(
        _ name: Name, _ topic: EmbeddedKafka.Topic, _ call: Call, _ state: ClusterState
    ) -> MetadataResponse.Topic {
        let live = Set(state.liveBrokers.map(\.id))
        return .with {
            $0.name = name.text
            $0.topicID = topic.id
            $0.isInternal = topic.isInternal
            $0.partitions = topic.partitions.enumerated().map { described(Int32($0), $1, live) }
            if includeTopicAuthorizedOperations, call.version >= 8 {
                $0.topicAuthorizedOperations = state.access.operations(
                    call.principal, on: .topic, name.text, state.profile)
            }
        }
    }

    private func described(
        _ index: Int32, _ partition: EmbeddedKafka.Topic.Partition, _ live: Set<Int32>
    ) -> MetadataResponse.Partition {
        let told = partition.announced ?? .init(leader: partition.leader, epoch: partition.leaderEpoch)
        return .with {
            $0.index = index
            $0.leaderID = live.contains(told.leader) ? told.leader : -1
            $0.error = live.contains(told.leader) ? .none : .leaderNotAvailable
            $0.leaderEpoch = told.epoch
            $0.replicaNodes = partition.replicas
            $0.isrNodes = partition.inSync
            $0.offlineReplicas = partition.replicas.filter { !live.contains($0) }
        }
    }
}

/// What a topic may be called.
enum TopicName {
    /// Kafka's words for what is wrong; nil: nothing.
    static func problem(_ name: String) -> String? {
        let bytes = name.utf8
        if bytes.isEmpty { return "Topic name is invalid: the empty string is not allowed" }
        if Name(name) == "." || Name(name) == ".." { return "Topic name is invalid: '\(name)' is not allowed" }
        if bytes.count > 249 {
            return "Topic name is invalid: the length of '\(name)' is longer than the max allowed length 249"
        }
        let isLegal = bytes.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        guard !isLegal else { return nil }
        return "Topic name is invalid: '\(name)' contains one or more characters other than ASCII alphanumerics, "
            + "'.', '_' and '-'"
    }
}

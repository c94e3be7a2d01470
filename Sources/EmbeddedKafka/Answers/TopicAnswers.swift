import KafkaWire

extension CreateTopicsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> CreateTopicsResponse? {
        var response = CreateTopicsResponse()
        for topic in topics {
            let isTwice = topics.count { Name($0.name) == Name(topic.name) } > 1
            // One answer for a name that comes more than once.
            if isTwice, response.topics.contains(where: { Name($0.name) == Name(topic.name) }) { continue }
            var answer = CreateTopicsResponse.Topic()
            answer.name = topic.name
            do throws(Refusal) {
                if isTwice { throw Refusal(.invalidRequest, "Duplicate topic name.") }
                try create(topic, call, &state, into: &answer)
            } catch {
                answer.error = error.code
                answer.errorMessage = error.message
                if call.version >= 5 { answer.configs = [] }
            }
            response.topics.append(answer)
        }
        return response
    }

    private func create(
        _ asked: Topic, _ call: Call, _ state: inout ClusterState, into answer: inout CreateTopicsResponse.Topic
    ) throws(Refusal) {
        guard
            state.allows(call, onCluster: .create)
                || state.allows(call, .create, on: .topic, asked.name)
        else { throw Refusal(.topicAuthorizationFailed, "Authorization failed.") }
        if let problem = TopicName.problem(asked.name) { throw Refusal(.invalidTopicException, problem) }
        guard state.topics[Name(asked.name)] == nil else {
            throw Refusal(.topicAlreadyExists, "Topic '\(asked.name)' already exists.")
        }
        var settings: [Name: String] = [:]
        let placed = try placement(of: asked, state)
        let nulls = asked.configs.filter { $0.value == nil }.map(\.name)
        guard nulls.isEmpty else {
            throw Refusal(
                .invalidConfig, "Null value not supported for topic configs: \(nulls.joined(separator: ","))")
        }
        for config in asked.configs {
            let known = state.profile.topicSettings.first { Name($0.name) == Name(config.name) }
            guard let known, let value = config.value else {
                throw Refusal(.invalidConfig, "Unknown topic config name: \(config.name)")
            }
            if let problem = known.problem(with: value) { throw Refusal(.invalidConfig, problem) }
            settings[Name(config.name)] = value
        }
        if !validateOnly { state.addTopic(Name(asked.name), replicas: placed, settings: settings) }
        answer.errorMessage = nil
        answer.topicID = state.topics[Name(asked.name)]?.id ?? .zero
        guard call.version >= 5 else { return }
        guard state.allows(call, .describeConfigs, on: .topic, asked.name) else {
            answer.configs = []
            answer.topicConfigError = .topicAuthorizationFailed
            return
        }
        answer.numPartitions = Int32(placed.count)
        answer.replicationFactor = Int16(placed.first?.count ?? 0)
        answer.configs = state.profile.topicSettings.map { setting in
            .with {
                $0.name = setting.name
                let (value, source) = state.effective(setting, settings)
                $0.value = value
                $0.configSource = source
            }
        }
    }

    /// The replicas of each partition.
    private func placement(of asked: Topic, _ state: ClusterState) throws(Refusal) -> [[Int32]] {
        guard asked.assignments.isEmpty else {
            let sorted = asked.assignments.sorted { $0.partitionIndex < $1.partitionIndex }
            guard sorted.enumerated().allSatisfy({ Int32($0.offset) == $0.element.partitionIndex }) else {
                throw Refusal(.invalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence")
            }
            for assignment in sorted {
                if let problem = state.problem(withReplicas: assignment.brokerIDs) {
                    throw Refusal(.invalidReplicaAssignment, "The manual partition assignment includes \(problem)")
                }
            }
            return sorted.map(\.brokerIDs)
        }
        let partitions = asked.numPartitions == -1 ? 1 : asked.numPartitions
        guard partitions > 0, partitions <= 1_000_000 else {
            throw Refusal(.invalidPartitions, "Number of partitions was set to an invalid non-positive value.")
        }
        let factor = asked.replicationFactor == -1 ? 1 : asked.replicationFactor
        guard factor > 0 else {
            throw Refusal(
                .invalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")
        }
        guard Int(factor) <= state.liveBrokers.count else {
            throw Refusal(
                .invalidReplicationFactor,
                "Unable to replicate the partition \(factor) time(s): The target replication factor of \(factor) cannot "
                    + "be reached because only \(state.liveBrokers.count) broker(s) are registered"
                    + (state.profile.knowsCordonedFolders
                        ? " or some brokers have all their log directories cordoned." : "."))
        }
        return state.placement(partitions: Int(partitions), replication: Int(factor))
    }
}

extension ClusterState {
    /// What is wrong with the replicas that somebody chose for a partition; nil: nothing.
    func problem(withReplicas replicas: [Int32]) -> String? {
        guard !replicas.isEmpty else { return "an empty replica list." }
        if let unknown = replicas.first(where: { broker($0) == nil }) {
            return "broker \(unknown), but no such broker is registered."
        }
        var seen: Set<Int32> = []
        return replicas.sorted().first { !seen.insert($0).inserted }.map { "the broker \($0) more than once." }
    }
}

extension DeleteTopicsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DeleteTopicsResponse? {
        let asked =
            call.version >= 6
            ? topics
            : topicNames.map { name in .with { $0.name = name } }
        var response = DeleteTopicsResponse()
        for topic in asked {
            let isTwice = asked.count { $0 == topic } > 1
            if isTwice, response.responses.contains(where: { $0.name == topic.name && $0.topicID == topic.topicID }) {
                continue
            }
            var answer = DeleteTopicsResponse.Topic()
            answer.name = topic.name
            answer.topicID = topic.topicID
            // Whoever may see a topic is told its name, also where it is not theirs to delete.
            if topic.name == nil, let (name, _) = state.topic(withID: topic.topicID),
                state.allows(call, .describe, on: .topic, name.text)
            {
                answer.name = name.text
            }
            do throws(Refusal) {
                if isTwice {
                    throw Refusal(
                        .invalidRequest, topic.name == nil ? "Duplicate topic id." : "Duplicate topic name.")
                }
                let name = try found(topic, call, state)
                answer.name = name.text
                answer.topicID = state.topics.removeValue(forKey: name)?.id ?? .zero
                for group in state.groups.keys { state.groups[group]?.commits[name] = nil }
            } catch {
                answer.error = error.code
                if call.version >= 5 { answer.errorMessage = error.message }
            }
            response.responses.append(answer)
        }
        return response
    }

    private func found(_ asked: Topic, _ call: Call, _ state: ClusterState) throws(Refusal) -> Name {
        if let text = asked.name {
            guard state.allows(call, .delete, on: .topic, text) else {
                throw Refusal(.topicAuthorizationFailed, "Topic authorization failed.")
            }
            guard let topic = state.topics[Name(text)], !topic.isHidden else {
                throw Refusal(.unknownTopicOrPartition, "This server does not host this topic-partition.")
            }
            return Name(text)
        }
        guard let (name, topic) = state.topic(withID: asked.topicID), !topic.isHidden else {
            throw Refusal(.unknownTopicID, "This server does not host this topic ID.")
        }
        guard state.allows(call, .delete, on: .topic, name.text) else {
            throw Refusal(.topicAuthorizationFailed, "Topic authorization failed.")
        }
        return name
    }
}

extension DeleteRecordsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DeleteRecordsResponse? {
        var response = DeleteRecordsResponse()
        for topic in topics {
            var partitions: [DeleteRecordsResponse.Partition] = []
            for asked in topic.partitions {
                var answer = DeleteRecordsResponse.Partition()
                answer.index = asked.index
                do throws(Refusal) {
                    answer.lowWatermark = try delete(asked, Name(topic.name), call, &state)
                } catch {
                    answer.error = error.code
                    answer.lowWatermark = -1
                }
                partitions.append(answer)
            }
            response.topics.append(
                .with {
                    $0.name = topic.name
                    $0.partitions = partitions
                })
        }
        return response
    }

    private func delete(
        _ asked: Partition, _ topic: Name, _ call: Call, _ state: inout ClusterState
    ) throws(Refusal) -> Int64 {
        guard state.allows(call, .delete, on: .topic, topic.text) else { throw Refusal(.topicAuthorizationFailed) }
        let partition = try state.partition(asked.index, of: topic, on: call.broker).get()
        let offset = asked.offset == -1 ? partition.log.highWatermark : asked.offset
        guard offset >= 0, offset <= partition.log.highWatermark else { throw Refusal(.offsetOutOfRange) }
        let start = state.change(topic, asked.index) { partition in
            partition.log.deleteRecords(before: offset)
            return partition.log.startOffset
        }
        return start ?? -1
    }
}

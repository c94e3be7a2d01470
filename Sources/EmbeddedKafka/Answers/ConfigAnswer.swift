import KafkaWire

extension DescribeConfigsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeConfigsResponse? {
        let state = state
        return .with { response in response.results = resources.map { described($0, call, state) } }
    }

    private func described(
        _ asked: Resource, _ call: Call, _ state: ClusterState
    ) -> DescribeConfigsResponse.Resource {
        .with { result in
            result.resourceType = asked.resourceType
            result.resourceName = asked.resourceName
            result.errorMessage = nil
            do throws(Refusal) {
                result.configs = try configs(of: asked, call, state).filter { config in
                    guard let keys = asked.configurationKeys, !keys.isEmpty || asked.resourceType != 4 else {
                        return true
                    }
                    return keys.contains { Name($0) == Name(config.name) }
                }
            } catch {
                result.error = error.code
                result.errorMessage = error.message
            }
        }
    }

    private func configs(
        of asked: Resource, _ call: Call, _ state: ClusterState
    ) throws(Refusal) -> [DescribeConfigsResponse.Config] {
        switch asked.resourceType {
        case 2:
            guard state.allows(call, .describeConfigs, on: .topic, asked.resourceName) else {
                throw Refusal(.topicAuthorizationFailed, "Topic authorization failed.")
            }
            if let problem = TopicName.problem(asked.resourceName) { throw Refusal(.invalidTopicException, problem) }
            guard let topic = state.topics[Name(asked.resourceName)], !topic.isHidden else {
                throw Refusal(.unknownTopicOrPartition)
            }
            return state.profile.topicSettings.map { setting in
                let own = topic.settings[Name(setting.name)]
                let behind = setting.brokerName.flatMap { state.brokerSettings[Name($0)] }
                return config(setting, own: own, behind: behind, call)
            }
        case 4:
            guard state.allows(call, onCluster: .describeConfigs) else {
                throw Refusal(.clusterAuthorizationFailed, "Cluster authorization failed.")
            }
            guard asked.resourceName.isEmpty || Int32(asked.resourceName) == call.broker else {
                throw Refusal(
                    .invalidRequest,
                    "Unexpected broker id, expected \(call.broker) or empty string, but received "
                        + asked.resourceName)
            }
            return asked.resourceName.isEmpty ? [] : brokerConfigs(call, state)
        case 32 where state.profile.hasGroupConfigs:
            guard state.allows(call, .describeConfigs, on: .group, asked.resourceName) else {
                throw Refusal(.groupAuthorizationFailed, "Group authorization failed.")
            }
            return []
        default:
            throw Refusal(.invalidRequest, "Unsupported resource type: \(asked.resourceType)")
        }
    }

    private func config(
        _ setting: TopicSetting, own: String?, behind: String?, _ call: Call
    ) -> DescribeConfigsResponse.Config {
        .with { config in
            config.name = setting.name
            config.value = own ?? behind ?? setting.value
            // 1: the topic's own, 4: of server.properties, 5: Kafka's default.
            config.configSource = own != nil ? 1 : behind != nil ? 4 : 5
            if call.version >= 3 {
                config.configType = setting.kind.rawValue
                config.documentation = nil
            }
            guard includeSynonyms else { return }
            func add(_ name: String, _ value: String, _ source: Int8) {
                config.synonyms.append(
                    .with {
                        $0.name = name
                        $0.value = value
                        $0.source = source
                    })
            }
            if let own { add(setting.name, own, 1) }
            guard let brokerName = setting.brokerName else { return }
            if let behind { add(brokerName, behind, 4) }
            add(brokerName, setting.value, 5)
        }
    }

    private func brokerConfigs(_ call: Call, _ state: ClusterState) -> [DescribeConfigsResponse.Config] {
        var values: [Name: (value: String, source: Int8)] = [
            "broker.id": ("\(call.broker)", 4), "node.id": ("\(call.broker)", 4),
            "auto.create.topics.enable": ("false", 4), "log.retention.hours": ("168", 5),
            "message.max.bytes": ("1048588", 5), "offsets.retention.minutes": ("10080", 5),
            "min.insync.replicas": ("1", 5), "default.replication.factor": ("1", 5), "num.partitions": ("1", 5),
        ]
        for (name, value) in state.brokerSettings { values[name] = (value, 4) }
        return values.sorted { $0.key < $1.key }.map { name, setting in
            .with { config in
                config.name = name.text
                config.value = setting.value
                config.configSource = setting.source
                config.readOnly = name == "broker.id" || name == "node.id"
                if call.version >= 3 { config.documentation = nil }
                if includeSynonyms {
                    config.synonyms = [
                        .with {
                            $0.name = name.text
                            $0.value = setting.value
                            $0.source = setting.source
                        }
                    ]
                }
            }
        }
    }
}

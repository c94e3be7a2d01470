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
            do throws(Refusal) {
                result.configs = try configs(of: asked, call, state).filter { config in
                    // No key is no wish: all of them.
                    guard let keys = asked.configurationKeys, !keys.isEmpty else { return true }
                    return keys.contains { Name($0) == Name(config.name) }
                }
            } catch {
                result.error = error.code
                result.errorMessage = error.message ?? ""
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
                return config(setting, own: own, call, state)
            }
        case 4:
            guard state.allows(call, onCluster: .describeConfigs) else {
                throw Refusal(.clusterAuthorizationFailed, "Cluster authorization failed.")
            }
            guard asked.resourceName.isEmpty || Int32(asked.resourceName) != nil else {
                throw Refusal(.invalidRequest, "Broker id must be an integer, but it is: \(asked.resourceName)")
            }
            guard asked.resourceName.isEmpty || Int32(asked.resourceName) == call.broker else {
                throw Refusal(
                    .invalidRequest,
                    "Unexpected broker id, expected \(call.broker) or empty string, but received "
                        + asked.resourceName)
            }
            return asked.resourceName.isEmpty ? dynamicDefaults(call, state) : brokerConfigs(call, state)
        case 32 where state.profile.hasGroupConfigs:
            guard state.allows(call, .describeConfigs, on: .group, asked.resourceName) else {
                throw Refusal(.groupAuthorizationFailed, "Group authorization failed.")
            }
            return []
        default:
            throw Refusal(
                .invalidRequest,
                "This most likely occurs because of a request being malformed by the client library or the message was "
                    + "sent to an incompatible broker. See the broker logs for more details.")
        }
    }

    private func config(
        _ setting: TopicSetting, own: String?, _ call: Call, _ state: ClusterState
    ) -> DescribeConfigsResponse.Config {
        .with { config in
            config.name = setting.name
            let settings = own.map { [Name(setting.name): $0] } ?? [:]
            let (value, source) = state.effective(setting, settings)
            config.value = value
            config.configSource = source
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
            if let dynamic = state.dynamicBrokerSettings[Name(brokerName)] { add(brokerName, dynamic, 3) }
            if let fixed = state.brokerSettings[Name(brokerName)] { add(brokerName, fixed, 4) }
            add(brokerName, setting.value, 5)
        }
    }

    /// What is set for all brokers together.
    private func dynamicDefaults(_ call: Call, _ state: ClusterState) -> [DescribeConfigsResponse.Config] {
        state.dynamicBrokerSettings.sorted { $0.key < $1.key }.map { name, value in
            let setting = state.profile.brokerSettings[name]
            return .with { config in
                config.name = name.text
                config.value = value
                config.configSource = 3
                if call.version >= 3 {
                    config.configType = setting?.kind.rawValue ?? 0
                    config.documentation = nil
                }
                guard includeSynonyms else { return }
                config.synonyms = synonyms(of: name, setting, state, onlyDynamic: true)
            }
        }
    }

    private func brokerConfigs(_ call: Call, _ state: ClusterState) -> [DescribeConfigsResponse.Config] {
        var state = state
        for name: Name in ["node.id", "broker.id"] { state.brokerSettings[name] = "\(call.broker)" }
        let known = state.profile.brokerSettings
        let own = Set(state.brokerSettings.keys).union(state.dynamicBrokerSettings.keys).filter { known[$0] == nil }
        return (known.all.map { (Name($0.name), $0) } + own.sorted().map { ($0, nil) }).map { name, setting in
            let synonyms = synonyms(of: name, setting, state, onlyDynamic: false)
            return .with { config in
                config.name = name.text
                config.value = synonyms.first?.value
                config.configSource = synonyms.first?.source ?? 5
                config.isSensitive = setting?.kind == .password
                config.readOnly = setting.map { !$0.isDynamic } ?? false
                if call.version >= 3 {
                    config.configType = setting?.kind.rawValue ?? 0
                    config.documentation = nil
                }
                if includeSynonyms { config.synonyms = synonyms }
            }
        }
    }

    /// Where a broker's setting may come from, what counts first.
    private func synonyms(
        of name: Name, _ setting: BrokerSetting?, _ state: ClusterState, onlyDynamic: Bool
    ) -> [DescribeConfigsResponse.Synonym] {
        var found: [(value: String, source: Int8)] = []
        if let value = state.dynamicBrokerSettings[name] { found.append((value, 3)) }
        if !onlyDynamic {
            if let value = state.brokerSettings[name] { found.append((value, 4)) }
            if let value = setting?.value { found.append((value, 5)) }
        }
        return found.map { entry in
            .with {
                $0.name = name.text
                $0.value = entry.value
                $0.source = entry.source
            }
        }
    }
}

extension ClusterState {
    /// A topic setting's value and where it comes from: 1 the topic, 3 all brokers, 4 `server.properties`, 5 Kafka.
    func effective(_ setting: TopicSetting, _ settings: [Name: String]) -> (value: String, source: Int8) {
        if let own = settings[Name(setting.name)] { return (own, 1) }
        if let name = setting.brokerName.map({ Name($0) }) {
            if let value = dynamicBrokerSettings[name] { return (value, 3) }
            if let value = brokerSettings[name] { return (value, 4) }
        }
        return (setting.value, 5)
    }
}

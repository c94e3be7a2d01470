import KafkaWire

/// One change of a setting, whichever request asks for it.
private struct ConfigChange {
    enum Operation: Int8 { case set, delete, append, subtract }

    let name: String
    let operation: Int8
    let value: String?
}

extension IncrementalAlterConfigsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> AlterConfigsResponse? {
        let asked = resources.map { resource in
            ConfigChanges(
                type: resource.resourceType, name: resource.resourceName,
                changes: resource.configs.map {
                    ConfigChange(name: $0.name, operation: $0.operation, value: $0.value)
                }, isWhole: false)
        }
        return ConfigChanges.answer(asked, validateOnly: validateOnly, call, &state)
    }
}

extension AlterConfigsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> AlterConfigsResponse? {
        let asked = resources.map { resource in
            ConfigChanges(
                type: resource.resourceType, name: resource.resourceName,
                changes: resource.configs.map { ConfigChange(name: $0.name, operation: 0, value: $0.value) },
                isWhole: true)
        }
        return ConfigChanges.answer(asked, validateOnly: validateOnly, call, &state)
    }
}

/// What is to change of one topic, or of all brokers.
private struct ConfigChanges {
    let type: Int8
    let name: String
    let changes: [ConfigChange]
    /// Whether what is not named gets its default again.
    let isWhole: Bool

    static func answer(
        _ asked: [ConfigChanges], validateOnly: Bool, _ call: Call, _ state: inout ClusterState
    ) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        for one in asked {
            var answer = AlterConfigsResponse.Resource()
            (answer.resourceType, answer.resourceName) = (one.type, one.name)
            do throws(Refusal) {
                guard asked.count(where: { $0.type == one.type && Name($0.name) == Name(one.name) }) == 1 else {
                    throw Refusal(.invalidRequest, "Each resource must appear at most once.")
                }
                try one.apply(validateOnly: validateOnly, call, &state)
            } catch {
                answer.error = error.code
                answer.errorMessage = error.message
            }
            response.responses.append(answer)
        }
        return response
    }

    private func apply(validateOnly: Bool, _ call: Call, _ state: inout ClusterState) throws(Refusal) {
        let nulls = changes.filter { $0.value == nil && $0.operation != ConfigChange.Operation.delete.rawValue }
        guard nulls.isEmpty else {
            throw Refusal(
                .invalidRequest, "Null value not supported for : \(nulls.map(\.name).joined(separator: ","))")
        }
        guard Set(changes.map { Name($0.name) }).count == changes.count else {
            throw Refusal(.invalidRequest, "Error due to duplicate config keys")
        }
        switch type {
        case 2:
            guard state.allows(call, .alterConfigs, on: .topic, name) else {
                throw Refusal(.topicAuthorizationFailed, "Topic authorization failed.")
            }
            guard let topic = state.topics[Name(name)], !topic.isHidden else {
                throw Refusal(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
            }
            let settings = try changed(topic.settings) { name throws(Refusal) in
                state.profile.topicSettings.first { Name($0.name) == name }.map { ($0, $0.value) }
            }
            if !validateOnly { state.topics[Name(name)]?.settings = settings }
        case 4 where name.isEmpty:
            guard state.allows(call, onCluster: .alterConfigs) else {
                throw Refusal(.clusterAuthorizationFailed, "Cluster authorization failed.")
            }
            var settings = isWhole ? [:] : state.dynamicBrokerSettings
            for change in changes {
                settings[Name(change.name)] = change.operation == 1 ? nil : change.value
            }
            if !validateOnly { state.dynamicBrokerSettings = settings }
        default:
            throw Refusal(.invalidRequest, "Unknown resource type \(type)")
        }
    }

    private func changed(
        _ before: [Name: String], _ known: (Name) throws(Refusal) -> (setting: TopicSetting, fallback: String)?
    ) throws(Refusal) -> [Name: String] {
        var settings = isWhole ? [:] : before
        for change in changes {
            let key = Name(change.name)
            let found = try known(key)
            let operation = ConfigChange.Operation(rawValue: change.operation)
            let listed = settings[key] ?? found?.fallback ?? ""
            var items = listed.isEmpty ? [] : listed.split(separator: ",").map(String.init)
            let given = (change.value ?? "").split(separator: ",").map(String.init)
            switch operation {
            case .set: settings[key] = change.value
            case .delete: settings[key] = nil
            case .append, .subtract:
                guard found?.setting.kind == .list else {
                    let word = operation == .append ? "APPEND" : "SUBTRACT"
                    throw Refusal(
                        .invalidConfig, "Can't \(word) to key \(change.name) because its type is not LIST.")
                }
                if operation == .append {
                    for item in given where !items.contains(where: { Name($0) == Name(item) }) { items.append(item) }
                } else {
                    items.removeAll { item in given.contains { Name($0) == Name(item) } }
                }
                settings[key] = items.joined(separator: ",")
            case nil: throw Refusal(.invalidRequest, "Unknown operation type \(change.operation)")
            }
        }
        for (key, value) in settings {
            guard let found = try known(key) else {
                throw Refusal(.invalidConfig, "Unknown topic config name: \(key.text)")
            }
            if let problem = found.setting.problem(with: value) { throw Refusal(.invalidConfig, problem) }
        }
        return settings
    }
}

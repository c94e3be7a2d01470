package import KafkaClient
import KafkaWire

/// Whose configuration it is.
package enum ConfigResource: Hashable, Sendable {
    case topic(String)
    case broker(Int32)
    case group(String)

    fileprivate var type: Int8 {
        switch self {
        case .topic: 2
        case .broker: 4
        case .group: 32
        }
    }

    fileprivate init?(type: Int8, name: String) {
        switch type {
        case 2: self = .topic(name)
        case 4:
            guard let node = Int32(name) else { return nil }
            self = .broker(node)
        case 32: self = .group(name)
        default: return nil
        }
    }

    package var name: String {
        switch self {
        case .topic(let name), .group(let name): name
        case .broker(let node): "\(node)"
        }
    }
}

/// One setting in effect, and where it comes from.
package struct ConfigFact: Hashable, Sendable {
    package let name: String
    /// Nil where the broker keeps it secret.
    package let value: String?
    /// Kafka's name of the source in lower case, such as `topic`, `dynamic_broker` or `default`.
    package let source: String
    package let isSensitive: Bool
    package let isReadOnly: Bool
    /// The chain of precedence, strongest first.
    package let synonyms: [(name: String, value: String?, source: String)]

    package static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.value == right.value && left.source == right.source
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value)
    }
}

extension KafkaCluster {
    /// The effective configuration of each resource, in their order.
    package func configs(
        of resources: [ConfigResource], _ context: CallContext
    ) async -> [Measured<[ConfigFact]>] {
        var byDestination: [Destination: [Int]] = [:]
        for (index, resource) in resources.enumerated() {
            // A broker alone knows its own configuration.
            let destination: Destination = if case .broker(let node) = resource { .node(node) } else { .any }
            byDestination[destination, default: []].append(index)
        }
        var results = [Measured<[ConfigFact]>](
            repeating: .unknown(KafkaError(.cancelled)), count: resources.count)
        await withTaskGroup(of: [(Int, Measured<[ConfigFact]>)].self) { group in
            for (destination, indices) in byDestination {
                group.addTask { await self.configs(of: indices.map { ($0, resources[$0]) }, at: destination, context) }
            }
            for await part in group { for (index, result) in part { results[index] = result } }
        }
        return results
    }

    private func configs(
        of resources: [(Int, ConfigResource)], at destination: Destination, _ context: CallContext
    ) async -> [(Int, Measured<[ConfigFact]>)] {
        do throws(KafkaError) {
            let reply = try await retrying(context) { () throws(KafkaError) in
                try await call(DescribeConfigsRequest.self, to: destination, context) { _ in
                    .with {
                        $0.resources = resources.map { entry in
                            .with {
                                $0.resourceType = entry.1.type
                                $0.resourceName = entry.1.name
                                $0.configurationKeys = nil
                            }
                        }
                        $0.includeSynonyms = true
                    }
                }
            }
            var byName: [ConfigResource: DescribeConfigsResponse.Resource] = [:]
            for result in reply.response.results {
                if let resource = ConfigResource(type: result.resourceType, name: result.resourceName) {
                    byName[resource] = result
                }
            }
            func failure(_ reason: KafkaError.Reason) -> Measured<[ConfigFact]> {
                .unknown(
                    KafkaError(
                        reason, broker: reply.broker, node: reply.node, api: "DescribeConfigs", version: reply.version))
            }
            return resources.map { index, resource in
                guard let result = byName[resource] else {
                    return (index, failure(.malformed("the answer leaves \(resource.name) out")))
                }
                guard result.error == .none else {
                    return (index, failure(.broker(result.error, message: result.errorMessage)))
                }
                return (index, .value(result.configs.map(Self.fact)))
            }
        } catch {
            return resources.map { ($0.0, .unknown(error)) }
        }
    }

    private static func fact(_ config: DescribeConfigsResponse.Config) -> ConfigFact {
        ConfigFact(
            name: config.name, value: config.value, source: sourceName(config.configSource),
            isSensitive: config.isSensitive, isReadOnly: config.readOnly,
            synonyms: config.synonyms.map { ($0.name, $0.value, sourceName($0.source)) })
    }

    private static func sourceName(_ code: Int8) -> String {
        switch code {
        case 1: "topic"
        case 2: "dynamic_broker"
        case 3: "dynamic_default_broker"
        case 4: "static_broker"
        case 5: "default"
        case 6: "broker_logger"
        case 7: "client_metrics"
        case 8: "group"
        default: "unknown_\(code)"
        }
    }
}

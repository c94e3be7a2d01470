import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let configs = Primitive(
        "configs", "The effective configuration of topics, brokers or groups, one row a setting.",
        apis: ["DescribeConfigs (DESCRIBE_CONFIGS on the resource)"],
        parameters: [
            Parameter("topics", .strings, "Names or globs."),
            Parameter("brokers", .nodes, "Node ids, or `all` (or `*`) for every broker."),
            Parameter("groups", .strings, "Group ids."),
        ],
        fields: [
            Field("resource", "string", "The topic, node id or group."),
            Field("type", "string", "topic, broker or group."),
            Field("name", "string", "The setting."),
            Field("value", "string?", "The value in effect; nil where it is kept secret."),
            Field("source", "string", "topic, dynamic_broker, static_broker, default, …"),
            Field("sensitive", "boolean", "A secret."),
            Field("synonyms", "table[]", "`{ name, value, source }`, the strongest first."),
        ]
    ) { question throws(KafkaError) in
        var resources: [ConfigResource] = []
        var missing: [(name: String, error: KafkaError)] = []
        for entry in try await question.topicEntries(question.strings("topics") ?? []) {
            switch entry {
            case .name(let name): resources.append(.topic(name))
            case .nothing(let pattern, let error): missing.append((pattern, error))
            }
        }
        resources += try await question.nodes("brokers").map { .broker($0) }
        resources += (question.strings("groups") ?? []).map { .group($0) }
        let found = await question.cluster.cluster.configs(of: resources, question.context)
        return question.configRows(Array(zip(resources, found)), missing)
    }
}

extension Question {
    fileprivate func nodes(_ name: ByteString) async throws(KafkaError) -> [Int32] {
        if strings(name)?.contains("all") == true {
            return try await cluster.cluster.metadata(of: [], context).brokers.map(\.node)
        }
        return integers(name)?.map { Int32(clamping: $0) } ?? []
    }

    private enum ConfigRow: Sendable {
        case setting(ConfigResource, ConfigFact)
        case failed(name: String, type: String?, KafkaError)
    }

    fileprivate func configRows(
        _ found: [(ConfigResource, Measured<[ConfigFact]>)], _ missing: [(name: String, error: KafkaError)]
    ) -> RowList {
        var all: [ConfigRow] = []
        for (resource, result) in found {
            switch result {
            case .value(let settings): all += settings.map { .setting(resource, $0) }
            case .unknown(let error): all.append(.failed(name: resource.name, type: resource.kind, error))
            }
        }
        all += missing.map { .failed(name: $0.name, type: "topic", $0.error) }
        let failures = all.enumerated().compactMap { index, row -> RowFailure? in
            if case .failed(_, _, let error) = row { RowFailure(index: index, error: error) } else { nil }
        }
        let list = all
        return rows(list.count, failures: failures) { index in
            switch list[index] {
            case .failed(let name, let type, let error):
                Row(["resource": .text(name), "type": Value(type)], error: error)
            case .setting(let resource, let fact):
                Row([
                    "resource": .text(resource.name), "type": .text(resource.kind), "name": .text(fact.name),
                    "value": Value(fact.value), "source": .text(fact.source), "sensitive": .bool(fact.isSensitive),
                    "synonyms": .list(
                        fact.synonyms.map {
                            ["name": .text($0.name), "value": Value($0.value), "source": .text($0.source)]
                        }),
                ])
            }
        }
    }
}

extension ConfigResource {
    fileprivate var kind: String {
        switch self {
        case .topic: "topic"
        case .broker: "broker"
        case .group: "group"
        }
    }
}

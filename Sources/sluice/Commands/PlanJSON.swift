import Agent
import Gate
import KafkaClient
import Value

/// What a run would do, as one JSON value.
struct PlanJSON {
    private let prepared: PreparedRun
    private let options: ParsedOptions

    init(_ prepared: PreparedRun, _ options: ParsedOptions) {
        self.prepared = prepared
        self.options = options
    }

    var value: Value {
        var entries: [ByteString: Value] = [
            "mapping": mapping, "gates": .list(prepared.steps.map(gate)),
            "options": Self.settings(
                OptionOrigins(options, of: .plan).entries.map {
                    ($0.name, ["value": .text($0.value), "origin": .text($0.origin)])
                }),
            "warnings": Self.texts(prepared.warnings),
            "clusters": Self.settings(prepared.clusters.map { ($0.key.rawValue, cluster($0.value)) }),
        ]
        entries["plan"] = plan
        return .map(entries)
    }

    private var plan: Value? {
        guard let plan = prepared.plan else { return nil }
        var entries: [ByteString: Value] = ["path": .text(plan.file)]
        entries["name"] = plan.name.map { .text($0) }
        entries["sha256"] = prepared.planDigest.map { .text($0) }
        entries["change"] = (prepared.request.change ?? plan.change).map { .text($0) }
        return .map(entries)
    }

    private var mapping: Value {
        [
            "topics": .text(prepared.mapping.topics.text), "groups": .text(prepared.mapping.groups.text),
            "topic_names": .map(prepared.mapping.topicNames.mapValues { .string($0) }),
        ]
    }

    private func cluster(_ cluster: PreparedRun.Cluster) -> Value {
        var entries: [ByteString: Value] = [
            "config": Self.config(cluster.config),
            "principals": Self.settings(cluster.principals.map { ($0.key, Self.config($0.value)) }),
        ]
        entries["cluster_id"] = cluster.pinnedID.map { .text($0) }
        return .map(entries)
    }

    private func gate(_ step: PreparedRun.Step) -> Value {
        let needs = ApiNeeds(of: step.file.source)
        return [
            "id": .text(step.id), "gate": .text(step.manifest.name), "path": .text(step.file.path),
            "sha256": .text(step.file.digest), "phase": .text(step.manifest.phase.rawValue),
            "severity": .text(step.manifest.severity.rawValue), "named": .bool(step.isNamed),
            "clusters": Self.texts(step.sides.map(\.rawValue).sorted()),
            "effects": Self.texts(step.manifest.effects.map(\.rawValue)), "needs": Self.texts(step.needs),
            "args": step.arguments.evidence, "apis": Self.texts(needs.apis), "acls": Self.texts(needs.permissions),
        ]
    }

    private static func config(_ config: ClientConfig) -> Value {
        settings(
            config.describe().map { setting in
                var entries: [ByteString: Value] = [
                    "value": .text(setting.value), "origin": .text("\(setting.origin)"),
                ]
                if !setting.references.isEmpty { entries["references"] = texts(setting.references) }
                return (setting.key, .map(entries))
            })
    }

    private static func settings(_ entries: [(String, Value)]) -> Value {
        .map(Dictionary(entries.map { (ByteString($0.0), $0.1) }, uniquingKeysWith: { _, last in last }))
    }

    private static func texts(_ texts: [String]) -> Value { .list(texts.map { .text($0) }) }
}

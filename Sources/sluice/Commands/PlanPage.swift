import Agent
import Gate
import KafkaClient
import Value

/// What a run would do, as a page.
struct PlanPage {
    private let prepared: PreparedRun
    private let options: ParsedOptions

    init(_ prepared: PreparedRun, _ options: ParsedOptions) {
        self.prepared = prepared
        self.options = options
    }

    /// Not yet fit for a terminal.
    var lines: [String] {
        var lines = heading
        for side in ClusterSide.allCases {
            if let cluster = prepared.clusters[side] { lines += [""] + self.lines(of: cluster) }
        }
        lines += ["", "Mapping", "    topics \(prepared.mapping.topics.text), groups \(prepared.mapping.groups.text)"]
        for (source, target) in prepared.mapping.topicNames.sorted(by: { $0.key < $1.key }) {
            lines.append("    \(ValueText.of(source)) is \(ValueText.of(target))")
        }
        lines += ["", "Gates, in the order in which they may run"]
        for step in prepared.steps { lines += self.lines(of: step) }
        let given = OptionOrigins(options, of: .plan).entries
        lines += ["", "Options"] + TextTable.lines(given.map { [$0.name, $0.value, "(\($0.origin))"] }, indent: 4)
        return lines
    }

    private var heading: [String] {
        guard let plan = prepared.plan else { return ["no plan"] }
        var lines = ["Plan \(plan.name ?? plan.file)", "    file \(plan.file)"]
        if let digest = prepared.planDigest { lines.append("    sha256 \(digest)") }
        if let change = prepared.request.change ?? plan.change { lines.append("    change \(change)") }
        return lines
    }

    private func lines(of cluster: PreparedRun.Cluster) -> [String] {
        var lines = [cluster.side == .source ? "Source" : "Target"]
        if let id = cluster.pinnedID { lines.append("    cluster id must be \(id)") }
        lines += rows(cluster.config)
        for (name, config) in cluster.principals.sorted(by: { ByteString($0.key) < ByteString($1.key) }) {
            lines += ["    as \(name)"] + rows(config).map { "    " + $0 }
        }
        return lines
    }

    private func rows(_ config: ClientConfig) -> [String] {
        let rows = config.describe().map { setting in
            let through = setting.references.isEmpty ? "" : " via \(setting.references.joined(separator: " "))"
            return [setting.key, setting.value, "(\(setting.origin)\(through))"]
        }
        return TextTable.lines(rows, indent: 4)
    }

    private func lines(of step: PreparedRun.Step) -> [String] {
        let named = step.isNamed ? ", named" : ""
        let id = step.id.utf8.elementsEqual(step.manifest.name.utf8) ? step.id : "\(step.id) (\(step.manifest.name))"
        var lines = ["    \(id): \(step.manifest.phase.rawValue), \(step.manifest.severity.rawValue)\(named)"]
        var rows = [["file", step.file.path]]
        let sides = step.sides.map(\.rawValue).sorted().joined(separator: ", ")
        if !sides.isEmpty { rows.append(["reads", sides]) }
        if !step.manifest.effects.isEmpty {
            rows.append(["effects", step.manifest.effects.map(\.rawValue).joined(separator: ", ")])
        }
        if !step.needs.isEmpty { rows.append(["needs", step.needs.joined(separator: ", ")]) }
        if let shard = prepared.request.shard {
            let part = step.manifest.shardable ? "its share" : "all of it, as in every shard"
            rows.append(["shard", "\(shard): \(part)"])
        }
        let needs = ApiNeeds(of: step.file.source)
        if !needs.isEmpty {
            rows.append(["APIs", needs.apis.joined(separator: " ")])
            rows.append(["ACLs", needs.permissions.joined(separator: ", ")])
        }
        lines += TextTable.lines(rows, indent: 8)
        lines += TextTable.lines(
            step.arguments.entries.map { entry in
                let type = step.manifest.arguments.first { $0.name.utf8.elementsEqual(entry.name.utf8) }?.type
                let value = type.map { ArgumentText.of(entry.value, $0) } ?? ValueText.of(entry.value)
                return [entry.name, "= \(value)", "(\(entry.origin))"]
            }, indent: 8)
        return lines
    }
}

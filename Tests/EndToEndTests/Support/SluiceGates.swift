extension SluiceCommand {
    /// `sluice run` of gates against the clusters given, with its evidence on standard output.
    static func gates(
        _ gates: [String], source: String? = nil, target: String? = nil, set: [String] = [], _ options: [String] = [],
        environment: [String: String] = [:], deadline: Duration = .seconds(60)
    ) async throws -> Result {
        var arguments = ["run"] + gates
        if let source { arguments += ["--source", source] }
        if let target { arguments += ["--target", target] }
        for assignment in set { arguments += ["--set", assignment] }
        return try await run(arguments + options, environment: environment, deadline: deadline)
    }

    /// One gate on one of the shared clusters, chosen by its argument `cluster`.
    static func gate(
        _ gate: String, on side: SharedCluster, set: [String], _ options: [String] = []
    ) async throws -> Result {
        let kafka = try await side.kafka.bootstrap
        return try await gates(
            [gate], source: side == .source ? kafka : nil, target: side == .target ? kafka : nil,
            set: set + ["cluster=\(side.rawValue)"], options)
    }
}

extension EvidenceLines {
    /// The checks of one gate and name that came out that way.
    func checks(_ name: String, gate: String, ok: Bool? = nil) -> [JSON] {
        of("check", gate: gate).filter { line in
            line["check"].string == name && (ok == nil || line["ok"] == .bool(ok ?? true))
        }
    }

    /// The first reason of a gate that is about what the name and value say.
    func reason(_ gate: String, where isMeant: (JSON) -> Bool = { _ in true }) -> JSON {
        of("gate_finished", gate: gate).last?["reasons"].items.first(where: isMeant) ?? .null
    }
}

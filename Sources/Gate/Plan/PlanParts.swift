package import Value

/// A cluster as a plan names it.
package struct PlanCluster: Hashable, Sendable {
    /// `HOST:PORT`, one or more; empty where the plan leaves them to the client configuration.
    package let bootstrap: [String]
    /// A file of client properties.
    package let config: String?
    /// The id the cluster has to have.
    package let clusterID: String?
    package let registry: String?
    package let connect: String?

    init(_ value: Value, at place: Place) throws(GateError) {
        let known = ["bootstrap", "config", "cluster_id", "registry", "connect"]
        let fields = try Fields(value, at: place, known: known)
        bootstrap = try Self.addresses(fields)
        config = try fields.line("config")
        clusterID = try fields.line("cluster_id")
        registry = try fields.line("registry")
        connect = try fields.line("connect")
    }

    private static func addresses(_ fields: Fields) throws(GateError) -> [String] {
        guard let value = fields["bootstrap"] else { return [] }
        let place = fields.place(of: "bootstrap")
        var addresses: [String] = []
        if case .string = value {
            for part in try Fields.line(value, at: place).split(separator: ",", omittingEmptySubsequences: false) {
                let address = part.drop { $0 == " " }
                guard !address.isEmpty else { throw place.error(.invalid("has an empty address")) }
                addresses.append(String(address))
            }
            return addresses
        }
        for (index, element) in try Fields.list(value, at: place).enumerated() {
            addresses.append(try Fields.line(element, at: place.element(index)))
        }
        guard !addresses.isEmpty else { throw place.error(.invalid("is empty")) }
        return addresses
    }
}

/// A principal to act as: a file of client properties for each cluster.
package struct PlanPrincipal: Hashable, Sendable {
    package let name: String
    package let source: String?
    package let target: String?

    /// A text alone is the file for the target.
    init(name: ByteString, _ value: Value, at place: Place) throws(GateError) {
        self.name = try Fields.line(.string(name), at: place)
        if case .string = value {
            source = nil
            target = try Fields.line(value, at: place)
            return
        }
        let fields = try Fields(value, at: place, known: ["source", "target"])
        source = try fields.line("source")
        target = try fields.line("target")
        guard source != nil || target != nil else {
            throw place.error(.missing, hint: "name a file for source or target")
        }
    }
}

/// A difference between the clusters that is meant, with who says so.
package struct ExpectedDifference: Hashable, Sendable {
    package let what: String
    package let topic: String?
    /// Of what differs, such as a configuration key.
    package let name: String?
    package let owner: String
    package let reason: String

    init(_ value: Value, at place: Place) throws(GateError) {
        let fields = try Fields(value, at: place, known: ["what", "topic", "name", "owner", "reason"])
        what = try fields.requiredLine("what", hint: "such as \"acl\"")
        topic = try fields.line("topic")
        name = try fields.line("name")
        owner = try fields.requiredLine("owner", hint: "who answers for the difference")
        reason = try fields.requiredLine("reason", hint: "why the difference is meant")
    }
}

/// A gate of a plan.
package struct PlanGate: Hashable, Sendable {
    /// A name, or a path where it has a `/` or ends with `.lua`.
    package let gate: String
    /// Unique in the plan; the name of the gate, or of its file, unless given.
    package let id: String
    package let arguments: [ByteString: Value]
    /// Ids of gates that have to pass first.
    package let needs: [String]

    package var isPath: Bool { Self.isPath(gate) }

    init(_ value: Value, at place: Place) throws(GateError) {
        let fields = try Fields(value, at: place, known: ["gate", "id", "args", "needs"])
        gate = try fields.requiredLine("gate", hint: "the name of a gate")
        if let id = fields["id"] {
            self.id = try Fields.name(id, at: fields.place(of: "id"))
        } else {
            id = try Fields.name(.text(Self.stem(gate)), at: fields.place(of: "gate"))
        }
        if !Self.isPath(gate) { _ = try Fields.name(.text(gate), at: fields.place(of: "gate")) }
        arguments = try fields.map("args")
        var needs: [String] = []
        var seen: Set<String> = []
        for (index, element) in try fields.list("needs").enumerated() {
            let need = try Fields.line(element, at: fields.place(of: "needs").element(index))
            if seen.insert(need).inserted { needs.append(need) }
        }
        self.needs = needs
    }

    private static func isPath(_ gate: String) -> Bool { gate.contains("/") || gate.hasSuffix(".lua") }

    private static func stem(_ gate: String) -> String {
        guard isPath(gate) else { return gate }
        let file = gate.split(separator: "/").last.map { String($0) } ?? gate
        return file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
    }
}

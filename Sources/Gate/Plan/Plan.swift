package import Value

/// A migration as its owner wrote it down: clusters, names, principals, declared facts and the gates to run.
package struct Plan: Hashable, Sendable {
    package let file: String
    package let name: String?
    package let change: String?
    package let source: PlanCluster?
    package let target: PlanCluster?
    package let mapping: TopicMapping
    /// In the order of their names.
    package let principals: [PlanPrincipal]
    /// Declared facts by name, such as the contract of a group; attested, not measured.
    package let contracts: [ByteString: Value]
    /// Of free form, attested: `ctx.plan.facts`.
    package let facts: [ByteString: Value]
    package let expectedDifferences: [ExpectedDifference]
    package let gates: [PlanGate]
    /// Indexes of gates, each after what it needs, else as written.
    package let order: [Int]

    /// `value`: What the Lua file returned, or the JSON text holds.
    package init(_ value: Value, file: String) throws(GateError) {
        let known = [
            "name", "change", "source", "target", "mapping", "principals", "contracts", "facts", "expected_differences",
            "gates",
        ]
        let fields = try Fields(value, at: Place(file: file), known: known)
        self.file = file
        name = try fields.line("name")
        change = try fields.line("change")
        source = try Self.cluster(fields, "source")
        target = try Self.cluster(fields, "target")
        if let mapping = fields["mapping"] {
            self.mapping = try TopicMapping(mapping, at: fields.place(of: "mapping"))
        } else {
            mapping = try TopicMapping()
        }
        principals = try Self.principals(fields)
        contracts = try fields.map("contracts")
        try PlanContracts.check(contracts, at: fields.place(of: "contracts"))
        facts = try fields.map("facts")
        expectedDifferences = try Self.differences(fields)
        gates = try Self.gates(fields)
        order = try NeedsOrder(gates, at: fields.place(of: "gates")).order()
    }

    private static func cluster(_ fields: Fields, _ key: String) throws(GateError) -> PlanCluster? {
        guard let value = fields[key] else { return nil }
        return try PlanCluster(value, at: fields.place(of: key))
    }

    private static func principals(_ fields: Fields) throws(GateError) -> [PlanPrincipal] {
        var principals: [PlanPrincipal] = []
        for (name, value) in try fields.map("principals").sorted(by: { $0.key < $1.key }) {
            principals.append(try PlanPrincipal(name: name, value, at: fields.place(of: "principals").key(name)))
        }
        return principals
    }

    private static func differences(_ fields: Fields) throws(GateError) -> [ExpectedDifference] {
        var differences: [ExpectedDifference] = []
        for (index, value) in try fields.list("expected_differences").enumerated() {
            let place = fields.place(of: "expected_differences").element(index)
            differences.append(try ExpectedDifference(value, at: place))
        }
        return differences
    }

    private static func gates(_ fields: Fields) throws(GateError) -> [PlanGate] {
        var gates: [PlanGate] = []
        var ids: Set<String> = []
        for (index, value) in try fields.list("gates").enumerated() {
            let place = fields.place(of: "gates").element(index)
            let gate = try PlanGate(value, at: place)
            guard ids.insert(gate.id).inserted else {
                let hint = "give each of them an id of its own"
                throw place.key("id").error(.duplicate(Quoted.text(gate.id)), hint: hint)
            }
            gates.append(gate)
        }
        return gates
    }
}

extension Plan {
    /// `ctx.plan` of a run without a plan: the same tables, empty, so that a gate need not ask whether there is one.
    package static var nothingDeclared: Value { ["contracts": [:], "facts": [:], "expected_differences": []] }

    /// What `ctx.plan` shows: the declared facts and the pinned cluster ids, none of the plan's files and addresses.
    package var declared: Value {
        let differences = expectedDifferences.map { difference in
            var entries: [ByteString: Value] = [
                "what": .text(difference.what), "owner": .text(difference.owner), "reason": .text(difference.reason),
            ]
            entries["topic"] = difference.topic.map { .text($0) }
            entries["name"] = difference.name.map { .text($0) }
            return Value.map(entries)
        }
        var entries: [ByteString: Value] = [
            "contracts": .map(contracts), "facts": .map(facts), "expected_differences": .list(differences),
        ]
        entries["name"] = name.map { .text($0) }
        entries["change"] = change.map { .text($0) }
        entries["source"] = Self.declared(source)
        entries["target"] = Self.declared(target)
        return .map(entries)
    }

    /// The id a cluster has to have; none of its addresses.
    private static func declared(_ cluster: PlanCluster?) -> Value? {
        guard let id = cluster?.clusterID else { return nil }
        return .map(["cluster_id": .text(id)])
    }
}

import Value

/// The contracts of a plan: facts that its owner declares of groups.
///
/// Gates of users may read facts of their own, so that no key is unknown; those that are known have a type.
enum PlanContracts {
    static let limit = ByteString("max_redelivery")
    private static let known = [limit.description, "restart"]

    static func check(_ contracts: [ByteString: Value], at place: Place) throws(GateError) {
        for (name, contract) in contracts.sorted(by: { $0.key < $1.key }) {
            let place = place.key(name)
            guard let value = try Fields.map(contract, at: place)[limit] else { continue }
            guard case .integer(let records) = try ArgumentType.Scalar.integer.normal(value, at: place.key(limit)),
                records >= 0
            else { throw place.key(limit).error(.invalid("is below 0")) }
        }
    }

    /// Facts that are nearly called as a known one.
    static func misspelt(_ contracts: [ByteString: Value], at place: Place) -> [GateError] {
        var found: [GateError] = []
        for (name, contract) in contracts.sorted(by: { $0.key < $1.key }) {
            guard case .map(let facts) = contract else { continue }
            for fact in facts.keys.sorted() where !known.contains(fact.description) {
                guard let hint = Nearest.hint(fact.description, among: known) else { continue }
                found.append(place.key(name).key(fact).error(.invalid("no such fact is known"), hint: hint))
            }
        }
        return found
    }
}

extension Plan {
    /// Facts of contracts that are likely to be misspelt: no error, as a gate of the user's own may read them.
    package var misspeltFacts: [GateError] {
        PlanContracts.misspelt(contracts, at: Place(file: file).key("contracts"))
    }
}

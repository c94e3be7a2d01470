import Value

/// Puts the gates of a plan in an order in which each comes after what it needs.
struct NeedsOrder {
    private let gates: [PlanGate]
    /// The gates each one needs, by index.
    private var needs: [[Int]] = []

    /// `place`: Where the list of gates is.
    init(_ gates: [PlanGate], at place: Place) throws(GateError) {
        self.gates = gates
        var indexes: [String: Int] = [:]
        for (index, gate) in gates.enumerated() { indexes[gate.id] = index }
        for (index, gate) in gates.enumerated() {
            var found: [Int] = []
            for need in gate.needs {
                guard let other = indexes[need] else {
                    let fact = "\(Quoted.text(need)) is no id of a gate in this plan"
                    let hint = Nearest.hint(need, among: gates.map(\.id))
                    throw place.element(index).key("needs").error(.invalid(fact), hint: hint)
                }
                found.append(other)
            }
            needs.append(found)
        }
        guard let ring = ring() else { return }
        let ids = (ring + ring.prefix(1)).map { gates[$0].id }
        throw place.error(.cycle(ids))
    }

    /// Stable: of the gates that may go next, the one written first does.
    func order() -> [Int] {
        var order: [Int] = []
        var queue = NeedsQueue(needs)
        while let next = queue.next() {
            order.append(next)
            queue.end(next)
        }
        return order
    }

    /// A ring of gates that wait for each other; nil where all can be put in order.
    private func ring() -> [Int]? {
        let ordered = Set(order())
        // Each gate that is left needs another one that is left: following those ends in a ring.
        guard var at = gates.indices.first(where: { !ordered.contains($0) }) else { return nil }
        var path: [Int] = []
        var seen: Set<Int> = []
        while seen.insert(at).inserted {
            path.append(at)
            guard let next = needs[at].first(where: { !ordered.contains($0) }) else { return nil }
            at = next
        }
        return path.firstIndex(of: at).map { Array(path[$0...]) }
    }
}

extension GateStanding {
    /// Why a gate with these needs must not run, given what became of the gates before it; nil where it may.
    ///
    /// `standings`: By id. A gate that is not there is not part of this run: it has not passed either.
    package static func unmet(_ needs: [String], in standings: [String: GateStanding]) -> Reason? {
        for need in needs {
            guard let standing = standings[need] else {
                return Reason(.needs, "it needs \(need), which is not part of this run")
            }
            switch standing.effective {
            case .pass?: continue
            case .fail?: return Reason(.needs, "it needs \(need), which failed")
            case .inconclusive?: return Reason(.needs, "it needs \(need), which was inconclusive")
            case nil: return Reason(.needs, "it needs \(need), which was skipped")
            }
        }
        return nil
    }
}

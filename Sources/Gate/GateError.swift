/// What is wrong with a gate, a plan, an argument or a selector, and where; also what a ledger refuses.
package struct GateError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case unknownKey
        case missing
        case wrongType(expected: String, found: String)
        case invalid(String)
        case duplicate(String)
        /// The ids of the ring, the first one again at the end.
        case cycle([String])
        case unknownGate(String)
        /// One name, two files with different bytes.
        case ambiguousGate(name: String, first: String, second: String)
        /// A selector that does not parse: the only reason that is wrong usage (exit 64), not bad input (exit 65).
        case selector(String, column: Int)
        /// A script that used the ledger wrongly.
        case misuse(String)
        case limit(String)
    }

    package let reason: Reason
    package let file: String?
    /// Of the file, where it is known.
    package var line: Int?
    /// The id or the name of the gate that is meant.
    package let gate: String?
    /// Keys joined by dots, lists counted from 1 as in Lua: `gates[2].args.max_lag`.
    ///
    /// Empty: the whole file.
    package let path: String
    /// What to write instead.
    package let hint: String?

    package init(
        _ reason: Reason, file: String? = nil, gate: String? = nil, path: String = "", hint: String? = nil
    ) {
        self.reason = reason
        self.file = file
        self.gate = gate
        self.path = path
        self.hint = hint
    }

    /// Whether the command line is at fault (exit 64), not a file it names.
    package var isUsage: Bool {
        if case .selector = reason { return true }
        return false
    }
}

extension GateError: CustomStringConvertible {
    /// The place first, then the fact, then the hint.
    package var description: String {
        var place: [String] = []
        if let file { place.append(Quoted.plain(file) + (line.map { ":\($0)" } ?? "")) }
        if let gate { place.append("gate " + gate) }
        if !path.isEmpty { place.append(path) }
        let fact = (place + [reason.description]).joined(separator: ": ")
        return hint.map { fact + "; " + $0 } ?? fact
    }
}

extension GateError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownKey: "unknown key"
        case .missing: "missing"
        case .wrongType(let expected, let found): "expected \(expected), found \(found)"
        case .invalid(let fact), .misuse(let fact), .limit(let fact): fact
        case .duplicate(let name): "\(name) is there twice"
        case .cycle(let ids): "the needs form a ring: " + ids.joined(separator: " > ")
        case .unknownGate(let name): "no gate \(name) was found"
        case .ambiguousGate(let name, let first, let second):
            "gate \(name) is there twice, with different bytes: \(Quoted.plain(first)) and \(Quoted.plain(second))"
        case .selector(let fact, let column): "selector, column \(column): \(fact)"
        }
    }
}

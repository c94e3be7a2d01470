import Value

/// A parsed expression of a selector.
indirect enum SelectorNode: Hashable, Sendable {
    case name(ByteString)
    case glob(Glob)
    case path(String)
    case phase(Glob)
    case tag(Glob)
    case severity(Glob)
    case not(SelectorNode)
    case and(SelectorNode, SelectorNode)
    case or(SelectorNode, SelectorNode)

    func selects(_ gate: Selector.Candidate) -> Bool {
        switch self {
        case .name(let name): gate.names.contains(name)
        case .glob(let glob): gate.names.contains { glob.matches($0) }
        case .path(let path): gate.path.map { ByteString($0) } == ByteString(path)
        case .phase(let glob): glob.matches(ByteString(gate.phase.rawValue))
        case .tag(let glob): gate.tags.contains { glob.matches(ByteString($0)) }
        case .severity(let glob): glob.matches(ByteString(gate.severity.rawValue))
        case .not(let node): !node.selects(gate)
        case .and(let left, let right): left.selects(gate) && right.selects(gate)
        case .or(let left, let right): left.selects(gate) || right.selects(gate)
        }
    }

    /// Whether the gate is meant by its own name or path, not by a property it shares.
    func names(_ gate: Selector.Candidate) -> Bool {
        switch self {
        case .name, .path: selects(gate)
        case .glob, .phase, .tag, .severity, .not: false
        case .and(let left, let right): left.names(gate) || right.names(gate)
        case .or(let left, let right): left.names(gate) || right.names(gate)
        }
    }

    /// The plain names and paths in the expression, the negated ones included.
    var mentioned: [Selector.Mention] {
        switch self {
        case .name(let name): [.name(name)]
        case .path(let path): [.path(path)]
        case .glob, .phase, .tag, .severity: []
        case .not(let node): node.mentioned
        case .and(let left, let right), .or(let left, let right): left.mentioned + right.mentioned
        }
    }

    /// Whether the expression names gates only by name and path, so that no other file has a part in it.
    var isListOfNames: Bool {
        switch self {
        case .name, .path: true
        case .or(let left, let right): left.isListOfNames && right.isListOfNames
        default: false
        }
    }
}

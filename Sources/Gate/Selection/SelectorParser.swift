import Value

/// Reads the words of a selector: `not` binds closer than `and`, `and` closer than `or`.
struct SelectorParser {
    private static let maxDepth = 64

    private let tokens: [SelectorToken]
    private let end: Int
    private var at = 0

    init(_ words: [String]) {
        tokens = SelectorToken.list(words)
        end = words.joined(separator: " ").unicodeScalars.count + 1
    }

    mutating func parse() throws(GateError) -> [Selector.Expression] {
        var expressions: [Selector.Expression] = []
        while let token = peek {
            // `a not b` reads as "a but not b" and would be a union with nearly everything.
            if token.kind == .not, !expressions.isEmpty {
                throw error("a gate cannot be followed by \"not\"", at: token, hint: "write \"and not\"")
            }
            let start = at
            let node = try alternatives(depth: 0)
            let text = tokens[start..<at].map(\.text).joined(separator: " ")
            expressions.append(Selector.Expression(node: node, text: text))
            if let token = peek, token.kind == .close { throw error("this ) has no (", at: token) }
        }
        return expressions
    }

    // MARK: Grammar

    private mutating func alternatives(depth: Int) throws(GateError) -> SelectorNode {
        var node = try conjunction(depth: depth)
        while take(.or) { node = .or(node, try conjunction(depth: depth)) }
        return node
    }

    private mutating func conjunction(depth: Int) throws(GateError) -> SelectorNode {
        var node = try negation(depth: depth)
        while take(.and) { node = .and(node, try negation(depth: depth)) }
        return node
    }

    private mutating func negation(depth: Int) throws(GateError) -> SelectorNode {
        guard let token = peek else {
            throw GateError(.selector("a gate is missing at the end", column: end))
        }
        guard depth < Self.maxDepth else { throw error("it is nested too deep", at: token) }
        at += 1
        switch token.kind {
        case .not: return .not(try negation(depth: depth + 1))
        case .open:
            let node = try alternatives(depth: depth + 1)
            guard let next = peek else {
                throw GateError(.selector("the ( at column \(token.column) has no )", column: end))
            }
            guard take(.close) else {
                throw error("expected \"and\", \"or\" or ), found \(Quoted.text(next.text))", at: next)
            }
            return node
        case .atom(let text): return try atom(text, token)
        case .path(let path): return .path(path)
        case .close, .and, .or: throw error("a gate is missing before \(Quoted.text(token.text))", at: token)
        }
    }

    private func atom(_ text: String, _ token: SelectorToken) throws(GateError) -> SelectorNode {
        guard let colon = text.unicodeScalars.firstIndex(of: ":") else {
            let glob = try glob(text, token)
            guard glob.isExact else { return .glob(glob) }
            guard NameRule.allows(glob.pattern) else {
                let hint = "a name is \(NameRule.words); a path starts with ./ or ends with .lua"
                throw error("\(Quoted.text(text)) is no gate, path or selector", at: token, hint: hint)
            }
            return .name(glob.pattern)
        }
        let key = String(text[..<colon])
        let value = String(text[text.unicodeScalars.index(after: colon)...])
        guard !value.isEmpty else { throw error("\(Quoted.text(key + ":")) has no value", at: token) }
        let glob = try glob(value, token)
        switch key {
        case "phase":
            try check(glob, among: Phase.allCases.map(\.rawValue), token)
            return .phase(glob)
        case "severity":
            try check(glob, among: Severity.allCases.map(\.rawValue), token)
            return .severity(glob)
        case "tag": return .tag(glob)
        default:
            let known = ["phase", "severity", "tag"]
            let hint = Nearest.hint(key, among: known) ?? "there are phase:, tag: and severity:"
            throw error("unknown property \(Quoted.text(key))", at: token, hint: hint)
        }
    }

    private func glob(_ text: String, _ token: SelectorToken) throws(GateError) -> Glob {
        do {
            return try Glob(ByteString(text))
        } catch {
            throw self.error(error.reason.description, at: token, hint: error.hint)
        }
    }

    /// A misspelt phase would select nothing, or after `not` everything.
    private func check(_ glob: Glob, among known: [String], _ token: SelectorToken) throws(GateError) {
        guard !known.contains(where: { glob.matches(ByteString($0)) }) else { return }
        let fact = "\(Quoted.text(glob.pattern)) is none of " + known.joined(separator: ", ")
        throw error(fact, at: token, hint: Nearest.hint(glob.pattern.description, among: known))
    }

    // MARK: Tokens

    private var peek: SelectorToken? { at < tokens.count ? tokens[at] : nil }

    private mutating func take(_ kind: SelectorToken.Kind) -> Bool {
        guard peek?.kind == kind else { return false }
        at += 1
        return true
    }

    private func error(_ fact: String, at token: SelectorToken, hint: String? = nil) -> GateError {
        GateError(.selector(fact, column: token.column), hint: hint)
    }
}

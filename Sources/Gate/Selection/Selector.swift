package import Value

/// The `GATE…` words of `run`: names, paths, globs, `phase:`, `tag:` and `severity:`, with `not`, `and`, `or` and
/// parentheses, which bind in this order.
///
/// The words are read as one text, so that an expression may be quoted or not. Expressions that follow each other
/// without `and` or `or` are a union, in the order given.
package struct Selector: Hashable, Sendable {
    /// A gate as a selector sees it.
    package struct Candidate: Hashable, Sendable {
        /// The name, and the id where the gate is from a plan.
        package var names: [ByteString]
        /// As it was given on the command line.
        package var path: String?
        package var phase: Phase
        package var tags: [String]
        package var severity: Severity

        package init(_ manifest: GateManifest, id: String? = nil, path: String? = nil) {
            names = [ByteString(manifest.name)] + (id.map { [ByteString($0)] } ?? [])
            self.path = path
            phase = manifest.phase
            tags = manifest.tags
            severity = manifest.severity
        }
    }

    package enum Mention: Hashable, Sendable {
        case name(ByteString)
        case path(String)
    }

    package struct Selection: Hashable, Sendable {
        /// Indexes of candidates, each once, in the order of the expressions.
        package let chosen: [Int]
        /// Those of them that were named: they decide whatever their severity.
        package let named: Set<Int>
        /// Expressions that selected nothing, as written.
        package let unmatched: [String]
        /// Names and paths that no candidate has.
        ///
        /// One after `not` is as wrong: it excludes nothing.
        package let unknown: [Mention]
    }

    struct Expression: Hashable, Sendable {
        let node: SelectorNode
        let text: String
    }

    let expressions: [Expression]

    /// No words select everything.
    package init(_ words: [String]) throws(GateError) {
        var parser = SelectorParser(words)
        expressions = try parser.parse()
        if expressions.isEmpty, !words.isEmpty { throw GateError(.selector("it is empty", column: 1)) }
    }

    package var isEmpty: Bool { expressions.isEmpty }

    /// The files to be read besides the gates that are found by name.
    package var paths: [String] {
        mentioned.compactMap {
            if case .path(let path) = $0 { return path }
            return nil
        }
    }

    /// The gates asked for by their plain name.
    package var names: [ByteString] {
        mentioned.compactMap {
            if case .name(let name) = $0 { return name }
            return nil
        }
    }

    /// Whether only names and paths were given: then files of other gates have no part in the choice.
    package var isListOfNames: Bool { !isEmpty && expressions.allSatisfy { $0.node.isListOfNames } }

    private var mentioned: [Mention] { expressions.flatMap { $0.node.mentioned } }

    package func select(from candidates: [Candidate]) -> Selection {
        guard !isEmpty else {
            return Selection(chosen: Array(candidates.indices), named: [], unmatched: [], unknown: [])
        }
        var (chosen, seen, named): ([Int], Set<Int>, Set<Int>) = ([], [], [])
        var unmatched: [String] = []
        for expression in expressions {
            let found = candidates.indices.filter { expression.node.selects(candidates[$0]) }
            if found.isEmpty { unmatched.append(expression.text) }
            named.formUnion(found.filter { expression.node.names(candidates[$0]) })
            chosen += found.filter { seen.insert($0).inserted }
        }
        let unknown = mentioned.filter { mention in
            switch mention {
            case .name(let name): !candidates.contains { $0.names.contains(name) }
            case .path(let path): !candidates.contains { $0.path.map { ByteString($0) } == ByteString(path) }
            }
        }
        return Selection(chosen: chosen, named: named, unmatched: unmatched, unknown: unknown)
    }
}

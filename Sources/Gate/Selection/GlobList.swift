package import Value

/// The `topics` or `groups` of a gate: names and globs; a leading `!` excludes, wherever in the list it stands.
///
/// Names that are internal are selected only by an entry that is their exact name, never by a glob. A list of nothing
/// but exclusions selects all else.
package struct GlobList: Hashable, Sendable {
    /// Something that can be selected.
    package struct Candidate: Hashable, Sendable {
        package let name: ByteString
        package let isInternal: Bool

        package init(_ name: ByteString, isInternal: Bool = false) {
            self.name = name
            self.isInternal = isInternal
        }

        /// A topic: internal if its cluster says so or its name starts with two underscores.
        package static func topic(_ name: ByteString, isFlaggedInternal: Bool = false) -> Candidate {
            let underscore = UInt8(ascii: "_")
            return Candidate(name, isInternal: isFlaggedInternal || name.bytes.starts(with: [underscore, underscore]))
        }
    }

    package struct Selection: Hashable, Sendable {
        /// In the order of the candidates.
        package let names: [ByteString]
        /// The entries, exclusions aside, to which no selected name is due: a gate for which there is one cannot pass.
        package let unmatched: [ByteString]
    }

    private let exact: Set<ByteString>
    private let globs: [Glob]
    private let excluded: [Glob]
    /// In the order given.
    private let entries: [Glob]

    package init(_ entries: [ByteString]) throws(GateError) {
        var (included, excluded): ([Glob], [Glob]) = ([], [])
        for entry in entries {
            let isExclusion = entry.bytes.first == UInt8(ascii: "!")
            let pattern = isExclusion ? ByteString(bytes: Array(entry.bytes.dropFirst())) : entry
            guard !pattern.bytes.isEmpty else {
                throw GateError(.invalid("\(Quoted.text(entry)) is no name and no glob"))
            }
            let glob = try Glob(pattern)
            if isExclusion { excluded.append(glob) } else { included.append(glob) }
        }
        if included.isEmpty, !excluded.isEmpty {
            globs = [try Glob("*")]
        } else {
            globs = included.filter { !$0.isExact }
        }
        exact = Set(included.filter(\.isExact).map(\.pattern))
        self.excluded = excluded
        self.entries = included
    }

    /// The entries that are plain names: they are meant to exist.
    package var exactNames: [ByteString] { entries.filter(\.isExact).map(\.pattern) }

    /// What selects names that nobody gave, `*` where there are nothing but exclusions.
    package var globPatterns: [ByteString] { globs.map(\.pattern) }

    package func select(from candidates: some Sequence<Candidate>) -> Selection {
        var names: [ByteString] = []
        var used: Set<ByteString> = []
        for candidate in candidates where !excluded.contains(where: { $0.matches(candidate.name) }) {
            var isSelected = false
            if exact.contains(candidate.name) {
                isSelected = true
                used.insert(candidate.name)
            }
            if !candidate.isInternal {
                for glob in globs where glob.matches(candidate.name) {
                    isSelected = true
                    used.insert(glob.pattern)
                }
            }
            if isSelected { names.append(candidate.name) }
        }
        return Selection(names: names, unmatched: entries.map(\.pattern).filter { !used.contains($0) })
    }
}

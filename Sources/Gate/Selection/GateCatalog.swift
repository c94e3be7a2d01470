package import Value

/// The gates that were found, in the order of the folders searched.
package struct GateCatalog: Sendable {
    /// One file that was found or named.
    package struct Candidate: Sendable {
        /// As it was found; for a file named on the command line, as it was written there.
        package let path: String
        /// Of the bytes of the file.
        package let digest: ByteString
        /// The error where the file is no gate.
        package let manifest: Result<GateManifest, GateError>
        /// Whether the command line or the plan gave the path: that leaves no doubt which file is meant.
        package let isGivenByPath: Bool

        package init(
            path: String, digest: ByteString, manifest: Result<GateManifest, GateError>, isGivenByPath: Bool = false
        ) {
            self.path = path
            self.digest = digest
            self.manifest = manifest
            self.isGivenByPath = isGivenByPath
        }
    }

    /// A gate that was chosen.
    package struct Gate: Hashable, Sendable {
        package let path: String
        package let digest: ByteString
        package let manifest: GateManifest
        /// Whether it was named on the command line.
        package let isNamed: Bool
    }

    private let found: [Gate]
    private let given: [Gate]
    private let broken: [(path: String, error: GateError)]

    package init(_ candidates: [Candidate]) {
        var (found, given): ([Gate], [Gate]) = ([], [])
        var broken: [(path: String, error: GateError)] = []
        for candidate in candidates {
            switch candidate.manifest {
            case .failure(let error): broken.append((candidate.path, error))
            case .success(let manifest):
                let gate = Gate(
                    path: candidate.path, digest: candidate.digest, manifest: manifest,
                    isNamed: candidate.isGivenByPath)
                if candidate.isGivenByPath { given.append(gate) } else { found.append(gate) }
            }
        }
        (self.found, self.given, self.broken) = (found, given, broken)
    }

    /// One gate a name, the first that was found, by name.
    package var gates: [Gate] {
        var seen: Set<String> = []
        return found.filter { seen.insert($0.manifest.name).inserted }.sorted {
            ByteString($0.manifest.name) < ByteString($1.manifest.name)
        }
    }

    /// Files that are no gates, each with what is wrong with it.
    package var errors: [(path: String, error: GateError)] { broken }

    /// Whether each of these names is of a gate that was found.
    package func hasAll(_ names: [ByteString]) -> Bool {
        let known = Set(found.map { ByteString($0.manifest.name) })
        return names.allSatisfy(known.contains)
    }

    /// The gate of a name.
    ///
    /// Two files with the same bytes are one gate; with different bytes neither is.
    package func gate(named name: String) throws(GateError) -> Gate {
        let wanted = ByteString(name)
        let same = found.filter { ByteString($0.manifest.name) == wanted }
        guard let first = same.first else { throw unknown(name) }
        if let other = same.first(where: { $0.digest != first.digest }) {
            let hint = "name the file you mean by its path"
            throw GateError(
                .ambiguousGate(name: Quoted.plain(name), first: first.path, second: other.path), hint: hint)
        }
        return first
    }

    /// The gate of a path that the command line or the plan gave.
    package func gate(at path: String) throws(GateError) -> Gate {
        let wanted = ByteString(path)
        if let gate = given.first(where: { ByteString($0.path) == wanted }) { return gate }
        if let error = broken.first(where: { ByteString($0.path) == wanted })?.error { throw error }
        throw GateError(.unknownGate(Quoted.plain(path)))
    }

    /// What a selector asks for, in its order.
    ///
    /// A file that is no gate is an error unless only names and paths were given: it might be one of those meant.
    package func select(_ selector: Selector) throws(GateError) -> [Gate] {
        for path in selector.paths { _ = try gate(at: path) }
        for name in selector.names { _ = try gate(named: name.description) }
        if !selector.isListOfNames, let first = broken.first { throw first.error }
        let all = gates + given
        let candidates = all.map { Selector.Candidate($0.manifest, path: $0.isNamed ? $0.path : nil) }
        let selection = selector.select(from: candidates)
        if let nothing = selection.unmatched.first {
            throw GateError(.invalid("\(Quoted.text(nothing)) selects no gate"))
        }
        var chosen: [Gate] = []
        var seen: Set<Key> = []
        for index in selection.chosen {
            let gate = all[index]
            // Two files of one name could not be told apart in the evidence.
            let resolved = gate.isNamed ? gate : try self.gate(named: gate.manifest.name)
            guard seen.insert(Key(name: gate.manifest.name, digest: gate.digest)).inserted else { continue }
            let isNamed = selection.named.contains(index)
            chosen.append(
                Gate(
                    path: resolved.path, digest: resolved.digest, manifest: resolved.manifest, isNamed: isNamed))
        }
        try checkUnique(chosen)
        return chosen
    }

    private struct Key: Hashable {
        let name: String
        let digest: ByteString
    }

    private func checkUnique(_ gates: [Gate]) throws(GateError) {
        var paths: [String: String] = [:]
        for gate in gates {
            if let first = paths[gate.manifest.name] {
                throw GateError(.ambiguousGate(name: gate.manifest.name, first: first, second: gate.path))
            }
            paths[gate.manifest.name] = gate.path
        }
    }

    private func unknown(_ name: String) -> GateError {
        // The file is there, but what it says is wrong: that is the better message.
        let file = name + ".lua"
        if let match = broken.first(where: { $0.path == file || $0.path.hasSuffix("/" + file) }) { return match.error }
        let hint = Nearest.hint(name, among: found.map(\.manifest.name))
        return GateError(.unknownGate(Quoted.text(name)), hint: hint)
    }
}

import Gate
import HostSystem
import LuaKit
import Value

/// A gate of a run before its arguments are known.
struct SelectedGate: Sendable {
    let id: String
    let file: GateFile
    let planArguments: [ByteString: Value]
    let needs: [String]
    let isNamed: Bool
}

/// Chooses the gates of a run: by words, from a plan, or words that select from the plan.
struct GateSelection: Sendable {
    private let environment: AgentEnvironment

    init(environment: AgentEnvironment) { self.environment = environment }

    func gates(words: [String], plan file: PlanFile?) async throws(AgentError) -> [SelectedGate] {
        let selector = try selector(words)
        guard let file else {
            guard !words.isEmpty else {
                throw AgentError(.usage, "no gate and no plan; name gates, or give --plan FILE")
            }
            return try await fromFolders(selector)
        }
        guard !file.plan.gates.isEmpty || !words.isEmpty else {
            throw AgentError(.badInput, "\(file.plan.file): the plan names no gate, and neither does the command line")
        }
        return file.plan.gates.isEmpty ? try await fromFolders(selector) : try await fromPlan(file, selector)
    }

    private func selector(_ words: [String]) throws(AgentError) -> Selector {
        do {
            return try Selector(words)
        } catch {
            throw AgentError(error.isUsage ? .usage : .badInput, "\(error)")
        }
    }

    private func fromFolders(_ selector: Selector) async throws(AgentError) -> [SelectedGate] {
        let shelf = try await GateShelf(
            environment, paths: selector.paths, names: selector.isListOfNames ? selector.names : nil)
        let chosen: [GateCatalog.Gate]
        do {
            chosen = try shelf.catalog.select(selector)
        } catch {
            throw AgentError(error.isUsage ? .usage : shelf.exitCode(of: error), "\(error)")
        }
        guard !chosen.isEmpty else { throw AgentError(.badInput, "nothing is selected") }
        return try chosen.map { gate throws(AgentError) in
            SelectedGate(
                id: gate.manifest.name, file: try shelf.file(of: gate), planArguments: [:], needs: [],
                isNamed: gate.isNamed)
        }
    }

    private func fromPlan(_ file: PlanFile, _ selector: Selector) async throws(AgentError) -> [SelectedGate] {
        let plan = file.plan
        let shelf = try await GateShelf(environment, of: plan, and: selector.paths)
        var all: [SelectedGate] = []
        var candidates: [Selector.Candidate] = []
        for index in plan.order {
            let entry = plan.gates[index]
            let gate: GateCatalog.Gate
            do throws(GateError) {
                gate = try shelf.gate(of: entry)
            } catch {
                let place = file.place(of: "gates[\(index + 1)].gate")
                throw AgentError(shelf.exitCode(of: error), "\(place): gates[\(index + 1)]: \(error)")
            }
            all.append(
                SelectedGate(
                    id: entry.id, file: try shelf.file(of: gate), planArguments: entry.arguments, needs: entry.needs,
                    isNamed: false))
            candidates.append(Selector.Candidate(gate.manifest, id: entry.id, path: entry.isPath ? entry.gate : nil))
        }
        guard !selector.isEmpty else { return all }
        let selection = selector.select(from: candidates)
        if let unknown = selection.unknown.first {
            throw AgentError(.badInput, "the plan has no gate \(unknown.text)")
        }
        if let nothing = selection.unmatched.first {
            throw AgentError(.badInput, "'\(nothing)' selects no gate of the plan")
        }
        let chosen = Set(selection.chosen)
        // In the plan's order, so that what is needed comes first.
        return all.indices.filter(chosen.contains).map { index in
            SelectedGate(
                id: all[index].id, file: all[index].file, planArguments: all[index].planArguments,
                needs: all[index].needs, isNamed: selection.named.contains(index))
        }
    }
}

extension Selector.Mention {
    fileprivate var text: String {
        switch self {
        case .name(let name): "\(name)"
        case .path(let path): path
        }
    }
}

/// The gate files at hand.
struct GateShelf: Sendable {
    let catalog: GateCatalog
    private let files: [String: GateFile]
    /// Why named files could not be read.
    private let unreadable: [String: ExitCode]

    /// Reads files that were named, and those in the gate folders.
    ///
    /// `names`: The gates that are wanted from the folders; nil where all of them may be.
    init(_ environment: AgentEnvironment, paths: [String], names: [ByteString]? = nil) async throws(AgentError) {
        let finder = GateFinder(host: environment.host)
        // Many gates of a plan may be of one file, each with its own arguments.
        var seen: Set<String> = []
        let paths = paths.filter { seen.insert($0).inserted }
        // A path leaves no doubt which file is meant: then nothing has to be looked for.
        let files = names?.isEmpty == true ? [] : finder.paths()
        var found: [GateFinder.Found]
        do {
            found = try await finder.candidates(found: files, given: paths, names: names)
            // What is not there is told by what is: a file that is no gate, or the nearest name.
            if let names, !GateCatalog(found.map(\.candidate)).hasAll(names) {
                found = try await finder.candidates(found: files, given: paths)
            }
        } catch {
            throw AgentError(.badInput, "the gate files do not come to an end: \(error)")
        }
        catalog = GateCatalog(found.map(\.candidate))
        var read: [String: GateFile] = [:]
        for entry in found { if let file = entry.file { read[file.path] = file } }
        self.files = read
        var unreadable: [String: ExitCode] = [:]
        for path in paths where read[path] == nil {
            do throws(FileError) {
                _ = try environment.host.read(path, GateFinder.fileLimit)
            } catch {
                unreadable[path] = error.exitCode
            }
        }
        self.unreadable = unreadable
    }

    /// The gates of a plan, and files that were named besides.
    init(_ environment: AgentEnvironment, of plan: Plan, and paths: [String] = []) async throws(AgentError) {
        let named = plan.gates.filter { !$0.isPath }.map { ByteString($0.gate) }
        try await self.init(environment, paths: plan.gates.filter(\.isPath).map(\.gate) + paths, names: named)
    }

    /// The gate that an entry of a plan means.
    func gate(of entry: PlanGate) throws(GateError) -> GateCatalog.Gate {
        try entry.isPath ? catalog.gate(at: entry.gate) : catalog.gate(named: entry.gate)
    }

    func file(of gate: GateCatalog.Gate) throws(AgentError) -> GateFile {
        guard let file = files[gate.path] else { throw AgentError(.software, "gate \(gate.path) was not read") }
        return file
    }

    /// 66 where a named file is missing, 77 where it may not be read, else 65.
    func exitCode(of error: GateError) -> ExitCode { error.file.flatMap { unreadable[$0] } ?? .badInput }
}

package import Evidence
package import Gate
import Value

/// A gate that was found.
package struct FoundGate: Sendable {
    package let path: String
    /// The error where the file is no gate.
    package let manifest: Result<GateManifest, GateError>
}

/// Does what the command line asks: prepares and runs gates, and tells of them.
package struct Agent: Sendable {
    let environment: AgentEnvironment

    package init(_ environment: AgentEnvironment) { self.environment = environment }

    /// Where gates are looked for, in order.
    package var gateFolders: [String] { GateFinder(host: environment.host).folders }

    /// Everything that can be decided without a cluster.
    package func prepare(_ request: RunRequest) async throws(AgentError) -> PreparedRun {
        var preparation = Preparation(environment: environment, request: request)
        return try await preparation.prepared()
    }

    /// Runs what was prepared.
    ///
    /// `evidence`: Where the JSON lines go; nothing is written before `run_started`.
    package func run(
        _ prepared: PreparedRun, evidence: any EvidenceSink, observer: any RunObserver, interruption: Interruption
    ) async -> RunResult {
        await Runner.run(prepared, environment, evidence: evidence, observer: observer, interruption: interruption)
    }

    /// Every gate file in the gate folders, by name; with the words of a selector only what it selects.
    package func gates(matching words: [String]) async throws(AgentError) -> [FoundGate] {
        let selector: Selector
        do {
            selector = try Selector(words)
        } catch {
            throw AgentError(error.isUsage ? .usage : .badInput, "\(error)")
        }
        let shelf = try await GateShelf(environment, paths: selector.paths)
        guard !selector.isEmpty else {
            let broken = shelf.catalog.errors.map { FoundGate(path: $0.path, manifest: .failure($0.error)) }
            return shelf.catalog.gates.map { FoundGate(path: $0.path, manifest: .success($0.manifest)) } + broken
        }
        do {
            return try shelf.catalog.select(selector).map {
                FoundGate(path: $0.path, manifest: .success($0.manifest))
            }
        } catch {
            throw AgentError(shelf.exitCode(of: error), "\(error)")
        }
    }

    /// One gate by name or path.
    package func gate(_ nameOrPath: String) async throws(AgentError) -> GateFile {
        let isPath = nameOrPath.contains("/") || nameOrPath.hasSuffix(".lua")
        let shelf = try await GateShelf(
            environment, paths: isPath ? [nameOrPath] : [], names: isPath ? [] : [ByteString(nameOrPath)])
        let gate: GateCatalog.Gate
        do throws(GateError) {
            gate = try isPath ? shelf.catalog.gate(at: nameOrPath) : shelf.catalog.gate(named: nameOrPath)
        } catch {
            throw AgentError(shelf.exitCode(of: error), "\(error)")
        }
        return try shelf.file(of: gate)
    }
}

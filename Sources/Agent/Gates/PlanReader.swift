import Evidence
import Gate
import HostSystem
import LuaKit
import Value

/// A plan with the digest of its bytes.
struct PlanFile: Sendable {
    let plan: Plan
    let digest: String
    fileprivate let bytes: [UInt8]

    /// `FILE:LINE` of a key path, or the file alone where it is not written out.
    func place(of path: String) -> String {
        plan.file + (KeyLines(plan: bytes, path: plan.file).line(of: path).map { ":\($0)" } ?? "")
    }

    /// The error with its line, if it is the plan that is wrong.
    func placed(_ error: GateError) -> GateError {
        guard error.file == plan.file else { return error }
        var placed = error
        let gate = plan.gates.firstIndex { $0.id == error.gate }
        let path = gate.map { "gates[\($0 + 1)].\(error.path)" } ?? error.path
        placed.line = KeyLines(plan: bytes, path: plan.file).line(of: path)
        return placed
    }
}

/// Reads plans and argument files: Lua run without primitives, or JSON.
struct PlanReader: Sendable {
    /// The longest plan.
    static let limit = 1 << 20

    private let host: HostSystem

    init(host: HostSystem) { self.host = host }

    func plan(_ path: String) async throws(AgentError) -> PlanFile {
        let (value, bytes) = try await data(path)
        let plan: Plan
        do throws(GateError) {
            plan = try Plan(value, file: path)
        } catch {
            var placed = error
            placed.line = KeyLines(plan: bytes, path: path).line(of: error.path)
            throw AgentError(.badInput, "\(placed)")
        }
        do throws(EvidenceError) {
            return PlanFile(plan: plan, digest: try SHA256.hex(bytes), bytes: bytes)
        } catch {
            throw AgentError(.badInput, "\(error)")
        }
    }

    /// What a Lua or JSON file holds, as data.
    func data(_ path: String) async throws(AgentError) -> (value: Value, bytes: [UInt8]) {
        let bytes: [UInt8]
        do {
            bytes = try host.read(path, Self.limit)
        } catch {
            throw AgentError(error.exitCode, "\(error)")
        }
        if path.hasSuffix(".json") {
            do {
                return (try JSONReader.read(bytes), bytes)
            } catch {
                throw AgentError(.badInput, "\(path): \(error)")
            }
        }
        let loaded: Result<LuaModule, GateError>?
        do {
            loaded = try await LuaThread.run(until: .now + .seconds(30)) {
                Result { () throws(GateError) in try LuaFile.load(bytes, path: path, limit: Self.limit) }
            }
        } catch {
            throw AgentError(.software, "\(path): \(error)")
        }
        switch loaded {
        case .success(let module)?:
            guard module.functions.isEmpty else {
                let name = module.functions.first.map { "\($0)" } ?? ""
                throw AgentError(.badInput, "\(path): \(name) is a function; a plan is data alone")
            }
            return (module.data, bytes)
        case .failure(let error)?: throw AgentError(.badInput, "\(error)")
        case nil: throw AgentError(.badInput, "\(path): does not come to an end")
        }
    }
}

extension FileError {
    /// For a file named on the command line or in the plan.
    var exitCode: ExitCode {
        switch reason {
        case .missing: .missingFile
        case .notPermitted: .noPermission
        case .isFolder, .tooLarge, .other: .badInput
        }
    }
}

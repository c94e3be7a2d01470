import Evidence
import Gate
import HostSystem
import LuaKit
import Value

/// Finds gate files and reads what they say of themselves.
struct GateFinder: Sendable {
    /// Folders below a gate folder are searched so deep.
    private static let depth = 8
    /// The longest gate.
    static let fileLimit = 256 << 10

    private let host: HostSystem

    init(host: HostSystem) { self.host = host }

    /// Where gates are looked for, in order: here, `SLUICE_GATES`, beside the binary.
    var folders: [String] {
        var folders = ["./gates"]
        folders += (host.variable("SLUICE_GATES") ?? "").split(separator: ":").map(String.init)
        if let binary = host.executablePath(), let slash = binary.lastIndex(of: "/") {
            folders.append(binary[..<slash] + "/../share/sluice/gates")
        }
        return folders
    }

    /// Every gate file of the folders, by folder and path.
    func paths() -> [String] {
        var paths: [String] = []
        for folder in folders { collect(folder, Self.depth, &paths) }
        return paths
    }

    private func collect(_ folder: String, _ depth: Int, _ paths: inout [String]) {
        // A folder that is not there, or may not be read, has no gates; one asked for by name is then missed by name.
        guard depth > 0, let entries = try? host.entries(folder) else { return }
        let names = Set(entries.map(\.name))
        for entry in entries where !entry.name.hasPrefix(".") {
            let path = "\(folder)/\(entry.name)"
            if entry.isFolder {
                collect(path, depth - 1, &paths)
            } else if entry.name.hasSuffix(".lua"), !entry.name.hasSuffix(".d.lua"),
                !Self.isTest(entry.name, among: names)
            {
                paths.append(path)
            }
        }
    }

    /// `x_test.lua` is a test where it has an `x.lua` to test: there is a gate named `decode_test`.
    static func isTest(_ name: String, among names: Set<String>) -> Bool {
        name.hasSuffix("_test.lua") && names.contains(name.dropLast("_test.lua".count) + ".lua")
    }

    /// A file that was looked at; without a `file` it is no gate, and the candidate says why.
    struct Found: Sendable {
        let candidate: GateCatalog.Candidate
        let file: GateFile?
    }

    /// Reads files that were found, and files that were named, which come first.
    func candidates(found: [String], given: [String]) async throws(LuaFailure) -> [Found] {
        let all = given.map { ($0, true) } + found.map { ($0, false) }
        let host = host
        let patience = ContinuousClock.now + .seconds(30)
        let read = try await LuaThread.run(until: patience) {
            all.map { path, isGiven in Self.look(at: path, isGiven: isGiven, host: host) }
        }
        guard let read else { throw .deadline }
        return read
    }

    private static func look(at path: String, isGiven: Bool, host: HostSystem) -> Found {
        do throws(GateError) {
            let file = try load(path, host: host)
            let candidate = GateCatalog.Candidate(
                path: path, digest: ByteString(file.digest), manifest: .success(file.manifest), isGivenByPath: isGiven)
            return Found(candidate: candidate, file: file)
        } catch {
            let candidate = GateCatalog.Candidate(
                path: path, digest: "", manifest: .failure(error), isGivenByPath: isGiven)
            return Found(candidate: candidate, file: nil)
        }
    }

    /// Reads one gate file; to be called on a Lua thread.
    private static func load(_ path: String, host: HostSystem) throws(GateError) -> GateFile {
        let source: [UInt8]
        do throws(FileError) {
            source = try host.read(path, fileLimit)
        } catch {
            throw GateError(.invalid(error.words), file: path)
        }
        let module = try LuaFile.load(source, path: path, limit: fileLimit)
        let manifest = try GateManifest(
            module.data, functions: module.functions, file: path, matching: LuaPatterns().matches)
        do throws(EvidenceError) {
            return GateFile(path: path, source: source, digest: try SHA256.hex(source), manifest: manifest)
        } catch {
            throw GateError(.invalid("\(error)"), file: path)
        }
    }
}

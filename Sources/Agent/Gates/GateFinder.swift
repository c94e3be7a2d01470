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
    ///
    /// `names`: Found files of other gates are left out, unread by Lua: that is most of what a run of one gate would do
    /// before its first connection. Nil takes every file.
    func candidates(
        found: [String], given: [String], names: [ByteString]? = nil
    ) async throws(LuaFailure) -> [Found] {
        let host = host
        let patience = ContinuousClock.now + .seconds(30)
        let read = try await LuaThread.run(until: patience) {
            given.compactMap { Self.look(at: $0, isGiven: true, names: nil, host: host) }
                + found.compactMap { Self.look(at: $0, isGiven: false, names: names, host: host) }
        }
        guard let read else { throw .deadline }
        return read
    }

    private static func look(at path: String, isGiven: Bool, names: [ByteString]?, host: HostSystem) -> Found? {
        do throws(GateError) {
            guard let file = try load(path, names: names, host: host) else { return nil }
            let candidate = GateCatalog.Candidate(
                path: path, digest: ByteString(file.digest), manifest: .success(file.manifest), isGivenByPath: isGiven)
            return Found(candidate: candidate, file: file)
        } catch {
            let candidate = GateCatalog.Candidate(
                path: path, digest: "", manifest: .failure(error), isGivenByPath: isGiven)
            return Found(candidate: candidate, file: nil)
        }
    }

    /// Reads one gate file; nil where it is of no gate of these names; to be called on a Lua thread.
    private static func load(_ path: String, names: [ByteString]?, host: HostSystem) throws(GateError) -> GateFile? {
        let source: [UInt8]
        do throws(FileError) {
            source = try host.read(path, fileLimit)
        } catch {
            throw GateError(.invalid(error.words), file: path)
        }
        if let names, !QuotedName.isThere(anyOf: names, in: source) { return nil }
        let module = try LuaFile.load(source, path: path, limit: fileLimit)
        let manifest = try GateManifest(
            module.data, functions: module.functions, file: path, matching: LuaPatterns().matches)
        guard QuotedName.isThere(anyOf: [ByteString(manifest.name)], in: source) else {
            throw GateError(
                .invalid("it never says \"\(manifest.name)\", the name that it gives itself"), file: path,
                hint: "write the name as one word in quotes: gates are found by it before they are run")
        }
        do throws(EvidenceError) {
            return GateFile(path: path, source: source, digest: try SHA256.hex(source), manifest: manifest)
        } catch {
            throw GateError(.invalid("\(error)"), file: path)
        }
    }
}

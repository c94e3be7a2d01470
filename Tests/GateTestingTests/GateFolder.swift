import Agent
import Evidence
import Foundation
import HostSystem
import Secrets

@testable import GateTesting

/// A gate and its test in memory.
struct GateFolder {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    var files: [String: String]

    /// `run` is the body of the gate's function, `keys` are further keys of its manifest.
    init(run: String, keys: String = "", test: String) {
        files = [
            "gates/g.lua": """
            return { name = "g", summary = "A gate of a test", phase = "preflight", clusters = { "source" }, \(keys)
            run = function(ctx) \(run)
            end }
            """,
            "gates/g_test.lua": test,
        ]
    }

    private var environment: AgentEnvironment {
        let files = files
        let host = HostSystem(
            variable: { _ in nil },
            read: { path, _ throws(FileError) in
                guard let text = files[path] else { throw FileError(path: path, .missing) }
                return Array(text.utf8)
            },
            entries: { folder throws(FileError) in
                let inside = files.keys.filter { $0.hasPrefix(folder + "/") }.sorted()
                guard !inside.isEmpty else { throw FileError(path: folder, .missing) }
                return inside.map { .init(name: String($0.dropFirst(folder.count + 1)), isFolder: false) }
            },
            executablePath: { nil }, hostName: { "test" })
        return AgentEnvironment(host: host, secrets: SecretRegistry(), clock: .system, version: "9")
    }

    func report(
        _ paths: [String] = ["gates"], filter: String? = nil, mutating: Bool = false, patience: Duration = .seconds(60)
    ) async throws -> TestReport {
        let suite = TestSuite(environment, parallel: 2, patience: patience)
        let files = try await suite.files(paths, filter: filter)
        return await suite.run(files, mutating: mutating) { _, _ in }
    }

    /// The failures of tests of one gate, by the tests' names.
    func failures(mutating: Bool = false, patience: Duration = .seconds(60)) async throws -> [String: String] {
        let cases = try await report(mutating: mutating, patience: patience).cases
        return Dictionary(uniqueKeysWithValues: cases.compactMap { test in test.failure.map { (test.name, $0) } })
    }

    /// The failure of a gate's only test.
    static func failure(run: String = "ctx:subject { n = 1 }:is_true('one', true)", _ body: String) async throws
        -> String?
    {
        let test = "return { only = function(world)\n\(body)\nend }"
        return try await GateFolder(run: run, test: test).failures()["only"]
    }
}

import Agent
import Evidence
import Foundation
import Gate
import HostSystem
import Secrets
import Testing
import Value

extension AgentRuns {
    /// The gates of this repository, and the file that is generated for editors.
    @Suite("Gates of the repository")
    struct RepositoryGatesTests {
        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path

        private func agent() -> Agent {
            var host = HostSystem.real
            let root = Self.root
            host.variable = { $0 == "SLUICE_GATES" ? root + "/gates" : nil }
            return Agent(AgentEnvironment(host: host, secrets: SecretRegistry(), clock: .system, version: "9"))
        }

        @Test("sluice.d.lua is what sluice doc --luacats prints")
        func luaCATS() throws {
            let file = try String(contentsOfFile: Self.root + "/gates/meta/sluice.d.lua", encoding: .utf8)
            #expect(file == Agent.luaCATS(), "run: sluice doc --luacats > gates/meta/sluice.d.lua")
        }

        @Test("every primitive is documented with its parameters and fields, in both forms")
        func documented() {
            let (meta, page) = (Agent.luaCATS(), Agent.apiDoc())
            for primitive in Primitive.all {
                #expect(meta.contains("function Cluster:\(primitive.name)("))
                #expect(page.contains(":\(primitive.name){"))
                #expect(!primitive.summary.isEmpty && !primitive.apis.isEmpty)
                for name in primitive.parameters.map(\.name) + primitive.fields.map(\.name) {
                    #expect(page.contains(name))
                }
            }
        }

        @Test("every gate is a gate in which sluice check finds nothing")
        func clean() async throws {
            let gates = try await agent().gates(matching: [])
            #expect(gates.count >= 4)
            for gate in gates {
                guard case .success = gate.manifest else {
                    Issue.record("\(gate.path): \(gate.manifest)")
                    continue
                }
                let findings = try await agent().check([gate.path])
                #expect(findings.isEmpty, "\(findings)")
            }
        }

        @Test("the example of every gate has the shape of a check in evidence")
        func examples() async throws {
            let shape = try await Self.checkFields()
            for gate in try await agent().gates(matching: []) {
                guard case .success(let manifest) = gate.manifest else { continue }
                let example = try #require(manifest.example, "\(gate.path) has no example")
                guard case .map(let entries) = example else {
                    Issue.record("\(gate.path): the example is no table")
                    continue
                }
                let strangers = Set(entries.keys).subtracting(shape)
                #expect(strangers.isEmpty, "\(gate.path)")
                for key: ByteString in ["check", "subject", "actual", "op", "limit", "ok"] {
                    #expect(entries[key] != nil, "\(gate.path): \(key)")
                }
                #expect(Comparison(rawValue: entries["op"]?.text ?? "") != nil)
                #expect(entries["ok"] == .bool(true) || entries["ok"] == .bool(false))
            }
        }

        /// The fields of a check line that a run has written.
        private static func checkFields() async throws -> Set<ByteString> {
            let body = "ctx:subject { topic = 't', partition = 0 }:at_most('lag', 1, 2, 'records', { a = 1 })"
            let trial = try await Trial.run(["g": body])
            guard case .map(let line)? = try trial.lines("check").first else { return [] }
            return Set(line.keys).union(["sampled", "partitions", "rounds"])
        }
    }
}

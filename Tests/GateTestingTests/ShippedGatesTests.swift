import Agent
import Evidence
import Foundation
import Gate
import HostSystem
import Secrets
import Testing

@testable import GateTesting

/// The gates of this repository with their tests.
enum Shipped {
    static var environment: AgentEnvironment {
        AgentEnvironment(host: .real, secrets: SecretRegistry(), clock: .system, version: "9")
    }

    static func files() async throws -> [TestFile] {
        try await TestSuite(environment, parallel: 2).files([GateFolder.root + "/gates"], filter: nil)
    }
}

@Suite(.serialized) struct ShippedGatesTests {
    @Test("every gate has tests for pass, fail and inconclusive")
    func complete() async throws {
        let files = try await Shipped.files()
        var environment = Shipped.environment
        environment.host.variable = { $0 == "SLUICE_GATES" ? GateFolder.root + "/gates" : nil }
        let gates = try await Agent(environment).gates(matching: []).map(\.path)
        let tested = Set(files.map(\.gatePath))
        for gate in gates where gate.hasPrefix(GateFolder.root) {
            #expect(tested.contains(gate), "\(gate) has no test")
        }
        for file in files {
            let text = String(decoding: file.source, as: UTF8.self)
            #expect(text.contains(":fails("), "\(file.path)")
            #expect(text.contains(":inconclusive("), "\(file.path)")
            #expect(text.contains(":passes()"), "\(file.path)")
        }
    }

    @Test("the tests of every gate pass, and every fact that a gate does not see is declared")
    func passing() async throws {
        let suite = TestSuite(Shipped.environment, parallel: 2, patience: .seconds(120))
        let report = await suite.run(try await Shipped.files(), mutating: true) { _, _ in }
        for test in report.cases {
            if let failure = test.failure { Issue.record("\(test.file): \(test.name)\n\(failure)") }
        }
        let mutation = try #require(report.mutation)
        #expect(mutation.killed > 100)
        #expect(mutation.survived == 0)
        #expect(report.unneeded.isEmpty, "\(report.unneeded)")
    }

    @Test("nothing in the tests of gates is misspelt or without use")
    func linted() async throws {
        let agent = Agent(Shipped.environment)
        let findings = try await agent.check(try await Shipped.files().map(\.path), tests: .world)
        #expect(findings.isEmpty, "\(findings.map { "\($0.path):\($0.line ?? 0) \($0.message)" })")
    }

    @Test("world.d.lua is what sluice test --luacats prints")
    func luaCATS() throws {
        let file = try String(contentsOfFile: GateFolder.root + "/gates/meta/world.d.lua", encoding: .utf8)
        #expect(file == TestDefinitions.luaCATS, "run: sluice test --luacats > gates/meta/world.d.lua")
    }
}

import Foundation
import Testing

/// Each example runs as it is, with the addresses of real brokers in its environment.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct DocsExamplesTests {
    @Test("The first gate runs by a plan in either language", arguments: ["plan.lua", "plan.json"])
    func firstGate(plan: String) async throws {
        let folder = try TemporaryFolder()
        let example = try await start("first-gate", [folder.path("evidence.jsonl"), plan])
        #expect(await example.end() == .exit(0), "\(example.said)")
        try DocsExpectedEvidence("examples/first-gate/expected.jsonl").compare(with: folder.path("evidence.jsonl"))
    }

    @Test func `The runbook stops where the group stays behind, and goes ahead once it has caught up`() async throws {
        let folder = try TemporaryFolder()
        let fixture = try await DocsWorld.brokers.source.fixture
        try await fixture.commit("shipping", "orders", [0: 50, 1: 60, 2: 40])
        let early = try await start("runbook", [folder.path("early")], ["WAIT": "1s"])
        #expect(await early.end() == .exit(1), "\(early.said)")
        #expect(early.errors.lines.last?.hasPrefix("== stop: catch-up failed") == true)
        #expect(!early.output.lines.contains { $0.hasPrefix("== go ahead") })

        let patient = try await start("runbook", [folder.path("patient")], ["WAIT": "60s"])
        _ = await patient.errors.first { $0.hasPrefix("round 1: 0 of 1 passed") }
        try await fixture.commit("shipping", "orders", [0: 95])
        #expect(await patient.end() == .exit(0), "\(patient.said)")
        #expect(patient.output.lines.last?.hasPrefix("== go ahead") == true)
        for step in ["preflight", "catch-up"] {
            try DocsExpectedEvidence("examples/runbook/expected-\(step).jsonl")
                .compare(with: folder.path("patient/\(step).jsonl"))
        }
    }

    private func start(
        _ name: String, _ arguments: [String], _ settings: [String: String] = [:]
    ) async throws -> ChildProcess {
        let brokers = try await DocsWorld.brokers
        let shell = try DocsShell(source: brokers.source, target: brokers.target)
        let own = [
            "SLUICE_SOURCE": brokers.source.bootstrap(), "SLUICE_TARGET": brokers.target.bootstrap(), "EVERY": "1s",
            "HOLD": "1s",
        ]
        let script = SluiceCommand.repository.appendingPathComponent("examples/\(name)/runbook.sh")
        let environment = shell.environment.merging(own) { $1 }.merging(settings) { $1 }
        let watch = SecretWatch(
            arguments: arguments, environment: environment, directory: script.deletingLastPathComponent(),
            folder: arguments.first.map { URL(fileURLWithPath: $0).deletingLastPathComponent() })
        let example = try ChildProcess(
            [script.path] + arguments, environment: environment, deadline: .seconds(90), afterEnd: watch.check)
        example.closeInput()
        return example
    }
}

extension ChildProcess {
    /// All that it wrote, for the message of an expectation.
    var said: String { (output.lines + errors.lines).joined(separator: "\n") }
}

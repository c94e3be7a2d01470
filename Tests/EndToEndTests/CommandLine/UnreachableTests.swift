import Foundation
import Testing

/// Clusters that cannot be reached, or are none: the run has begun, so it ends inconclusive with evidence that verifies.
@Suite struct UnreachableTests {
    /// What stands where a broker should.
    enum Peer: String, CaseIterable, Sendable {
        case refuses, speaksHTTP, speaksTLS

        /// What the message says of it.
        var words: [String] {
            switch self {
            case .refuses: ["refused"]
            case .speaksHTTP: ["HTTP"]
            case .speaksTLS: ["TLS"]
            }
        }
    }

    @Test("A peer that is no broker is named, with what it seems to be", arguments: Peer.allCases)
    func noBroker(peer: Peer) async throws {
        let server: OtherServer? =
            switch peer {
            case .refuses: nil
            case .speaksHTTP: try OtherServer(answering: OtherServer.http)
            case .speaksTLS: try OtherServer(answering: OtherServer.tls)
            }
        let address = server?.address ?? "127.0.0.1:\(FreePorts.take(1)[0])"
        let folder = try TemporaryFolder()
        let file = folder.path("run.jsonl")
        let run = try await SluiceCommand.gates(
            ["lag_budget"], source: address, set: ["groups=billing"], ["--evidence", file])
        #expect(run.exitCode == 2, "\(run.errors)")
        let evidence = try EvidenceLines(folder.lines(of: "run.jsonl"))
        #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
        #expect(evidence.reasons(of: "lag_budget") == ["unreachable"])
        #expect(evidence.reason("lag_budget")["message"].string?.contains(address) == true)
        let readErrors = evidence.of("read_error")
        #expect(!readErrors.isEmpty)
        #expect(readErrors.allSatisfy { $0["gate"] == .null && $0["broker"].string == address })
        let said = run.errors.joined(separator: "\n")
        for word in peer.words + [address] { #expect(said.contains(word), "\(said)") }
        let verified = try await SluiceCommand.run(["verify", file])
        #expect(verified.exitCode == 0)
        #expect(verified.output.first?.hasPrefix("OK-UNSIGNED ") == true)
        withExtendedLifetime(server) {}
    }

    @Test("A gate that judges connections runs where no cluster answers")
    func probes() async throws {
        let address = "127.0.0.1:\(FreePorts.take(1)[0])"
        let run = try await SluiceCommand.gates(["auth_probe"], target: address)
        #expect(run.exitCode == 2, "\(run.errors)")
        let evidence = try run.evidence
        #expect(evidence.of("gate_started", gate: "auth_probe").count == 1)
        #expect(evidence.of("unknown", gate: "auth_probe").first?["subject"]["broker"].string == address)
    }

    @Test(
        "One cluster that cannot be reached leaves the gates of the other",
        .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
    func otherGatesRun() async throws {
        let target = try await SharedKafka.target.bootstrap
        let lost = "127.0.0.1:\(FreePorts.take(1)[0])"
        let run = try await SluiceCommand.gates(
            ["partition_parity", "auth_probe"], source: lost, target: target,
            set: ["partition_parity.topics=any"])
        #expect(run.exitCode == 2, "\(run.errors)")
        let evidence = try run.evidence
        #expect(evidence.verdict(of: "partition_parity") == "inconclusive")
        #expect(evidence.reasons(of: "partition_parity") == ["unreachable"])
        #expect(evidence.verdict(of: "auth_probe") == "pass")
    }

    @Test("Source and target must be two clusters", .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
    func oneCluster() async throws {
        let kafka = try await SharedKafka.source.bootstrap
        let run = try await SluiceCommand.gates(
            ["partition_parity", "lag_budget"], source: kafka, target: kafka,
            set: ["topics=any", "lag_budget.groups=any"])
        try expectStopped(run, "one cluster")
    }

    @Test("A pinned cluster id must be the one found", .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
    func otherCluster() async throws {
        let (source, target) = try await (SharedKafka.source.bootstrap, SharedKafka.target.bootstrap)
        let folder = try TemporaryFolder()
        let plan = """
            return { source = { bootstrap = "\(source)", cluster_id = "NotThisOneButAnother00" },
              target = { bootstrap = "\(target)" },
              gates = { { gate = "partition_parity", args = { topics = { "any" } } } } }
            """
        let run = try await SluiceCommand.run(["run", "--plan", try folder.write(plan, to: "plan.lua")])
        try expectStopped(run, "NotThisOneButAnother00")
    }

    /// The run fails, and no gate has run.
    private func expectStopped(_ run: SluiceCommand.Result, _ words: String) throws {
        #expect(run.exitCode == 1, "\(run.errors)")
        let evidence = try run.evidence
        #expect(evidence.of("gate_started").isEmpty)
        #expect(evidence.of("gate_finished").allSatisfy { $0["verdict"] == "inconclusive" })
        #expect(evidence.of("run_finished").first?["verdict"] == "fail")
        #expect(evidence.of("run_finished").first?["gates"]["pass"] == 0)
        #expect(run.errors.contains { $0.contains(words) }, "\(run.errors)")
    }
}

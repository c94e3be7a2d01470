import Foundation
import Testing

@testable import sluice

/// `sluice demo` from outside: without Kafka, every gate, one fault at a time.
@Suite struct DemoTests {
    /// All gates that one run can ask of clusters without TLS.
    private static let gates: Set = [
        "acl_parity", "auth_probe", "bootstrap_reachability", "cluster_identity", "decode_test", "effective_permission",
        "freeze_capture", "inv_acls", "inv_credentials", "inv_quotas", "lag_budget", "least_privilege",
        "no_open_transactions", "partition_parity", "quota_parity", "resume_probe",
    ]

    @Test("As it is, every gate passes, and the evidence is whole and says that the clusters were embedded")
    func whole() async throws {
        let folder = try TemporaryFolder()
        let run = try await SluiceCommand.run(["demo", "--evidence", folder.path("demo.jsonl")])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output.count == 1)
        #expect(run.output.first?.hasPrefix("sluice PASS run=") == true)
        let evidence = try EvidenceLines(folder.lines(of: "demo.jsonl"))
        #expect(evidence.of("run_started").first?["mode"].string == "embedded")
        #expect(Set(evidence.of("gate_finished").compactMap { $0["gate"].string }) == Self.gates)
        #expect(evidence.of("gate_finished").allSatisfy { $0["verdict"].string == "pass" })
        let verified = try await SluiceCommand.run(["verify", folder.path("demo.jsonl")])
        #expect(verified.exitCode == 0)
        #expect(verified.output.first?.hasPrefix("OK-UNSIGNED ") == true)
    }

    @Test("Its payments have what lags are wrong about: offsets that hold nothing to read")
    func transactions() async throws {
        let evidence = try await SluiceCommand.run(["demo", "--detail"]).evidence
        let checks = evidence.of("check", gate: "lag_budget").filter {
            $0["subject"]["topic"].string == "payments" && $0["subject"]["partition"] == .integer(2)
        }
        let lag = try #require(checks.first { $0["check"].string == "lag" })
        #expect(lag["actual"] == .integer(0))
        #expect(lag["facts"]["span"] == .integer(41))
        #expect(evidence.of("cluster").map { $0["brokers"].items.count } == [3, 3])
        #expect(evidence.of("cluster").allSatisfy { $0["security"]["mechanism"].string == "PLAIN" })
    }

    @Test("Each fault fails the gate it is made for and no other, and both are named", arguments: DemoFault.allCases)
    func broken(fault: DemoFault) async throws {
        let folder = try TemporaryFolder()
        let run = try await SluiceCommand.run(
            ["demo", "--break", fault.rawValue, "--evidence", folder.path("demo.jsonl")])
        #expect(run.exitCode == 1)
        let finished = try EvidenceLines(folder.lines(of: "demo.jsonl")).of("gate_finished")
        #expect(Set(finished.compactMap { $0["gate"].string }) == Self.gates)
        let others = finished.filter { $0["verdict"].string != "pass" }
        #expect(others.map { $0["gate"].string } == [fault.gate])
        #expect(others.map { $0["verdict"].string } == ["fail"])
        #expect(run.errors.contains { $0.contains(fault.story) && $0.contains(fault.gate) })
        #expect(run.errors.contains { $0.hasPrefix("✗ FAIL") && $0.contains(" \(fault.gate) ") })
    }

    @Test("What cannot be broken is refused with what can, a file that exists is left alone")
    func refusals() async throws {
        let luck = try await SluiceCommand.run(["demo", "--break", "luck"])
        #expect(luck.exitCode == 64)
        #expect(luck.errors.first?.contains("lag, parity, decode, auth, acl") == true)
        let folder = try TemporaryFolder()
        let file = try folder.write("mine\n", to: "demo.jsonl")
        let run = try await SluiceCommand.run(["demo", "--evidence", file])
        #expect(run.exitCode == 73)
        #expect(try folder.lines(of: "demo.jsonl") == ["mine"])
        // Where there are no gates, there is nothing to show.
        let elsewhere = try await SluiceCommand.run(["demo"], directory: folder.url)
        #expect(elsewhere.exitCode == 65)
        #expect(elsewhere.output.isEmpty)
        for refused in [luck, run, elsewhere] { #expect(refused.errors.count == 1) }
    }

    @Test("The options of run that shape its output shape that of the demo")
    func output() async throws {
        let quiet = try await SluiceCommand.run(["demo", "-q", "--evidence", "-"])
        #expect(quiet.exitCode == 0)
        #expect(quiet.errors.isEmpty)
        #expect(try quiet.evidence.lines.count > 50)
        let colourful = try await SluiceCommand.run(["demo", "--color", "always", "--trace"])
        #expect(colourful.errors.contains { $0.contains("\u{1B}[") })
        let none = try await SluiceCommand.run(["demo", "--progress", "none"])
        #expect(!none.errors.contains { $0.hasPrefix("✓") })
    }

    // MARK: --keep

    /// A demo that keeps its clusters, and where they are.
    private struct Kept {
        let process: ChildProcess
        let plan: String
        let source: String
        let target: String

        init(_ arguments: [String] = []) async throws {
            process = try SluiceCommand.start(["demo", "--keep", "--evidence", "-"] + arguments)
            let command = await process.errors.first { $0.hasPrefix("  sluice run --plan ") }
            plan = try #require(command).split(separator: " ").map(String.init)[3]
            let lines = process.errors.lines
            func address(_ side: String) throws -> String {
                let line = try #require(lines.first { $0.hasPrefix("  \(side) ") })
                return String(line.dropFirst(side.count + 3))
            }
            source = try address("source")
            target = try address("target")
        }

        var folder: String { URL(fileURLWithPath: plan).deletingLastPathComponent().path }
    }

    @Test(
        "Kept clusters answer other processes until a signal comes; then the verdict counts, and nothing is left",
        arguments: [SIGINT, SIGTERM])
    func kept(signal: Int32) async throws {
        let demo = try await Kept()
        let own = try await SluiceCommand.run(["run", "--plan", demo.plan, "--allow", "plaintext_password"])
        #expect(own.exitCode == 0, "\(own.errors)")
        let evidence = try own.evidence
        #expect(evidence.of("run_started").first?["mode"].string == "live")
        #expect(Set(evidence.of("gate_finished").compactMap { $0["gate"].string }) == Self.gates)
        let gate = try await SluiceCommand.run([
            "run", "partition_parity", "--source", demo.source, "--target", demo.target, "--set", "topics=orders",
        ])
        #expect(gate.exitCode == 0, "\(gate.errors)")

        let mode = try FileManager.default.attributesOfItem(atPath: demo.folder)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        demo.process.signal(signal)
        #expect(await demo.process.end() == .exit(0))
        #expect(!FileManager.default.fileExists(atPath: demo.folder))
        let last = try EvidenceLines(demo.process.output.lines.suffix(1)).lines
        #expect(last.first?["type"].string == "run_finished")
    }

    @Test(
        "kcat reads the kept clusters, and what it writes to the source arrives on the target",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/kcat"), "there is no kcat"))
    func kcat() async throws {
        let demo = try await Kept()
        let listed = try await SluiceCommand.shell("kcat -b \(demo.source) -L")
        #expect(listed.output.contains { $0.contains(#"topic "orders" with 12 partitions"#) })
        #expect(try await SluiceCommand.shell("kcat -b \(demo.source) -C -t orders -e -q").output.count == 1200)
        let written = try await SluiceCommand.shell(
            "echo '{\"event\":\"new\"}' | kcat -b \(demo.source) -P -t events -p 0")
        #expect(written.exitCode == 0, "\(written.errors)")
        // Comes with the next round of the replicator: the reader waits at the end for the one record.
        let arrived = try await SluiceCommand.shell("kcat -b \(demo.target) -C -t events -p 0 -o 80 -c 1 -q")
        #expect(arrived.output == [#"{"event":"new"}"#])
        demo.process.signal(SIGTERM)
        #expect(await demo.process.end() == .exit(0))
    }

    @Test("Two demos run side by side, broken or not, and neither can be taken for the other")
    func together() async throws {
        async let first = Kept()
        async let second = Kept(["--break", "lag"])
        let (one, other) = (try await first, try await second)
        let addresses = [one.source, one.target, other.source, other.target].joined(separator: ",")
            .split(separator: ",")
        #expect(Set(addresses).count == 12)
        // The plan of one names its clusters by id: those of the other do not answer to it.
        let mixed = try await SluiceCommand.run([
            "run", "cluster_identity", "--plan", one.plan, "--target", other.target, "--allow", "plaintext_password",
            "-X", "target.security.protocol=PLAINTEXT",
        ])
        #expect(mixed.exitCode == 1)
        for (demo, code) in [(one, Int32(0)), (other, 1)] {
            demo.process.signal(SIGTERM)
            #expect(await demo.process.end() == .exit(code))
        }
    }
}

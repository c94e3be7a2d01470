import Foundation
import Testing

@testable import sluice

/// `sluice demo` from outside: without Kafka, every gate, one fault at a time.
@Suite struct DemoTests {
    /// All gates that can be asked of clusters without TLS, but for the one whose evidence the others are given.
    private static let gates: Set = [
        "acl_parity", "auth_probe", "bootstrap_reachability", "cluster_identity", "decode_test", "effective_permission",
        "inv_acls", "inv_credentials", "inv_quotas", "lag_budget", "least_privilege", "no_open_transactions",
        "offset_sync_fresh", "offset_translation", "partition_parity", "quota_parity", "record_parity",
        "replication_drained", "resume_probe", "rollback_window", "source_group_quiesced", "topic_digest",
        "writes_frozen",
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
        let files = [folder.path("demo.freeze.jsonl"), folder.path("demo.jsonl")]
        let verified = try await SluiceCommand.run(["verify"] + files)
        #expect(verified.exitCode == 0)
        #expect(verified.output.map { $0.hasPrefix("OK-UNSIGNED ") } == [true, true])
    }

    @Test("The freeze is a run of its own, by which the other judges and which the next step can require")
    func freeze() async throws {
        let folder = try TemporaryFolder()
        let (file, frozen) = (folder.path("demo.jsonl"), folder.path("demo.freeze.jsonl"))
        #expect(try await SluiceCommand.run(["demo", "--evidence", file]).exitCode == 0)
        let capture = try EvidenceLines(folder.lines(of: "demo.freeze.jsonl"))
        #expect(capture.of("gate_finished").map { $0["gate"].string } == ["freeze_capture"])
        #expect(capture.of("run_started").first?["mode"].string == "embedded")
        let vector = try #require(capture.of("note").last { $0["name"].string == "vector" })
        let started = try #require(try EvidenceLines(folder.lines(of: "demo.jsonl")).of("run_started").first)
        #expect(started["freeze"]["id"] == vector["facts"]["id"])
        #expect(started["freeze"]["path"].string == frozen)
        // What the replicator had not copied by then is in the vector.
        let ends = capture.of("note").filter {
            $0["name"].string == "partitions" && $0["facts"]["topic"].string == "orders"
        }
        #expect(ends.map { $0["facts"]["end_offsets"].items } == [Array(repeating: .integer(100), count: 12)])

        let required = try await SluiceCommand.run([
            "require", file, "--mode", "embedded", "--freeze", frozen, "--gate", "rollback_window=pass",
        ])
        #expect(required.exitCode == 0, "\(required.output)")
        let other = try TemporaryFolder()
        #expect(try await SluiceCommand.run(["demo", "--evidence", other.path("demo.jsonl")]).exitCode == 0)
        let foreign = try await SluiceCommand.run([
            "require", file, "--mode", "embedded", "--freeze", other.path("demo.freeze.jsonl"),
        ])
        #expect(foreign.exitCode == 1)
    }

    @Test("billing is given some records again, as many as its contract allows; the others go on at the same record")
    func translation() async throws {
        let evidence = try await SluiceCommand.run(["demo", "--detail"]).evidence
        let checks = evidence.of("check", gate: "offset_translation").filter { $0["check"].string == "redelivered" }
        #expect(checks.count == 33)
        let again = checks.filter { $0["actual"] != .integer(0) }
        #expect(again.map { $0["subject"]["group"].string } == ["billing"])
        #expect(again.map { $0["facts"]["relation"].string } == ["redeliver"])
        #expect(again.map { $0["limit"] } == [.integer(100)])
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

    @Test("Who wrote after the freeze is named, with the offset")
    func lateWriter() async throws {
        let evidence = try await SluiceCommand.run(["demo", "--break", "late-writer"]).evidence
        let late = try #require(evidence.of("check", gate: "writes_frozen").first { $0["ok"] == .bool(false) })
        #expect(late["subject"]["topic"].string == "orders")
        #expect(late["subject"]["partition"] == .integer(7))
        let violators = late["facts"]["violators"].items
        #expect(violators.map { $0["producer_id"] } == [.integer(DemoClusters.lateProducer)])
        #expect(violators.map { $0["first_offset"] } == [.integer(100)])
        #expect(violators.map { $0["records"] } == [.integer(1)])
    }

    @Test("The one record that billing would miss is counted")
    func skip() async throws {
        let evidence = try await SluiceCommand.run(["demo", "--break", "skip"]).evidence
        let failed = evidence.of("check", gate: "offset_translation").filter { $0["ok"] == .bool(false) }
        #expect(failed.map { $0["check"].string } == ["skipped"])
        #expect(failed.map { $0["actual"] } == [.integer(1)])
        #expect(failed.map { $0["subject"]["partition"] } == [.integer(4)])
    }

    @Test("The way back is as long as what is kept of the topic that is kept for the shortest time")
    func retention() async throws {
        let evidence = try await SluiceCommand.run(["demo", "--break", "retention"]).evidence
        let failed = evidence.of("check", gate: "rollback_window").filter { $0["ok"] == .bool(false) }
        #expect(failed.map { $0["subject"]["topic"].string } == ["events", "events", "events"])
        #expect(failed.allSatisfy { $0["facts"]["retention_ms"] == .integer(600_000) })
        #expect(failed.allSatisfy { $0["limit"] == .integer(86_400_000) })
    }

    @Test("What cannot be broken is refused with what can, a file that exists is left alone")
    func refusals() async throws {
        let luck = try await SluiceCommand.run(["demo", "--break", "luck"])
        #expect(luck.exitCode == 64)
        #expect(luck.errors.first?.contains("lag, parity, decode, auth, acl, skip, late-writer, retention") == true)
        let folder = try TemporaryFolder()
        let file = try folder.write("mine\n", to: "demo.jsonl")
        let run = try await SluiceCommand.run(["demo", "--evidence", file])
        #expect(run.exitCode == 73)
        #expect(try folder.lines(of: "demo.jsonl") == ["mine"])
        #expect(!FileManager.default.fileExists(atPath: folder.path("demo.freeze.jsonl")))
        // The same where the evidence of the freeze would go: neither file comes into being.
        let frozen = try folder.write("mine\n", to: "other.freeze.jsonl")
        let other = try await SluiceCommand.run(["demo", "--evidence", folder.path("other.jsonl")])
        #expect(other.exitCode == 73)
        #expect(other.errors.first?.contains(frozen) == true)
        #expect(try folder.lines(of: "other.freeze.jsonl") == ["mine"])
        #expect(!FileManager.default.fileExists(atPath: folder.path("other.jsonl")))
        // Where there are no gates, there is nothing to show.
        let elsewhere = try await SluiceCommand.run(["demo"], directory: folder.url)
        #expect(elsewhere.exitCode == 65)
        #expect(elsewhere.output.isEmpty)
        for refused in [luck, run, other, elsewhere] { #expect(refused.errors.count == 1) }
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

    @Test(
        "The evidence of the freeze has the name of the other's, with .freeze before the extension",
        arguments: [
            ("demo.jsonl", "demo.freeze.jsonl"), ("demo", "demo.freeze"), ("a.b/demo", "a.b/demo.freeze"),
            ("a/.demo", "a/.demo.freeze"), ("demo.tar.gz", "demo.tar.freeze.gz"), ("", ".freeze"), ("a/", "a/.freeze"),
        ])
    func naming(evidence: String, freeze: String) { #expect(FreezeEvidence.path(beside: evidence) == freeze) }

    // MARK: --keep

    /// A demo that keeps its clusters, and where they are.
    private struct Kept {
        let process: ChildProcess
        let plan: String
        let freeze: String
        let source: String
        let target: String

        init(_ arguments: [String] = []) async throws {
            process = try SluiceCommand.start(["demo", "--keep", "--evidence", "-"] + arguments)
            let command = await process.errors.first { $0.hasPrefix("  sluice run --plan ") }
            let words = try #require(command).split(separator: " ").map(String.init)
            (plan, freeze) = (words[3], words[5])
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
        let own = try await SluiceCommand.run([
            "run", "--plan", demo.plan, "--freeze", demo.freeze, "--allow", "plaintext_password",
        ])
        #expect(own.exitCode == 0, "\(own.errors)")
        let evidence = try own.evidence
        #expect(evidence.of("run_started").first?["mode"].string == "live")
        let asked = Set(evidence.of("gate_finished").compactMap { $0["gate"].string })
        #expect(asked == Self.gates.union(["freeze_capture"]))
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

import Testing

/// `cluster_identity` on the two clusters that suites share, as they are and as they are mistaken for each other.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct ClusterIdentityTests {
    private static let gate = "cluster_identity"

    @Test("The ids that Kafka's own client is told pass, swapped addresses fail by cluster, no pin is inconclusive")
    func pinned() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        let ids = try await (source: source.fixture.clusterID(), target: target.fixture.clusterID())
        let set = ["source_id=\(ids.source)", "target_id=\(ids.target)"]
        func run(_ one: RealKafka, _ other: RealKafka, _ set: [String]) async throws -> SluiceCommand.Result {
            try await SluiceCommand.gates([Self.gate], source: one.bootstrap, target: other.bootstrap, set: set)
        }
        let right = try await run(source, target, set)
        #expect(right.exitCode == 0, "\(right.errors)")
        #expect(try right.evidence.checks("cluster_id", gate: Self.gate, ok: true).count == 2)
        #expect(try right.evidence.checks("distinct", gate: Self.gate, ok: true).count == 1)

        let swapped = try await run(target, source, set)
        #expect(swapped.exitCode == 1)
        #expect(
            try swapped.evidence.failed("cluster_id", gate: Self.gate) == [
                .object(["cluster": "source"]), .object(["cluster": "target"]),
            ])

        for partial in [[], [set[0]], [set[1]]] {
            let run = try await run(source, target, partial)
            #expect(run.exitCode == 2, "\(partial): \(run.errors)")
            #expect(try run.evidence.reasons(of: Self.gate).allSatisfy { $0 == "no_expected_id" })
        }
    }

    @Test(
        "An advertised address behind which the other cluster listens fails, whoever may log in there",
        arguments: ["auth_probe", "bootstrap_reachability"])
    func astray(gate: String) async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        // The bootstrap address has another name than the advertised one, and leads to the right place.
        let bootstrap = target.bootstrap.replacing("127.0.0.1", with: "localhost")
        try #require(bootstrap != target.bootstrap)
        let right = try await SluiceCommand.gates([gate], target: bootstrap)
        #expect(right.exitCode == 0, "\(right.errors)")
        let astray = try await SluiceCommand.gates(
            [gate], target: bootstrap, ["--dial", "\(target.bootstrap)=\(source.bootstrap)"])
        #expect(astray.exitCode == 1, "\(astray.errors)")
        let failed = try astray.evidence.of("check", gate: gate).filter { $0["ok"] == false }
        #expect(failed.map { $0["facts"]["error"] } == ["protocol.other_cluster"])
    }

    @Test("One cluster by two addresses fails the run before any gate, as does another one than the plan pins")
    func notStarted() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        let same = try await SluiceCommand.gates(
            [Self.gate], source: target.bootstrap, target: target.bootstrap(KafkaSecurity.lostListener))
        #expect(same.exitCode == 1, "\(same.errors)")
        #expect(try same.evidence.of("gate_started").isEmpty)
        #expect(same.errors.contains { $0.contains(target.clusterID) })

        let folder = try TemporaryFolder()
        func planned(_ id: String) async throws -> SluiceCommand.Result {
            let plan = """
                return { name = "pinned",
                  source = { bootstrap = "\(source.bootstrap)", cluster_id = "\(source.clusterID)" },
                  target = { bootstrap = "\(target.bootstrap)", cluster_id = "\(id)" },
                  gates = { { gate = "\(Self.gate)" } } }
                """
            return try await SluiceCommand.run(["run", "--plan", try folder.write(plan, to: "\(id).lua")])
        }
        #expect(try await planned(target.clusterID).exitCode == 0)
        let other = try await planned(source.clusterID)
        #expect(other.exitCode == 1, "\(other.errors)")
        #expect(try other.evidence.of("gate_started").isEmpty)
    }
}

import Agent
import EmbeddedClusters
import EmbeddedKafka
import Evidence
import Gate
import KafkaWire
import Testing
import Value

extension AgentRuns {
    @Suite("Contact")
    struct ContactTests {
        private let both = [
            "./gates/reads.lua": Trial.gate("reads", passing, keys: "clusters = { 'source' },"),
            "./gates/aims.lua": Trial.gate("aims", passing, keys: "clusters = { 'target' },"),
            "./gates/free.lua": Trial.gate("free", passing),
            "./gates/probes.lua": Trial.gate("probes", passing, keys: "clusters = { 'source' }, probes = true,"),
        ]

        @Test("each cluster gets a line before any gate")
        func clusterLines() async throws {
            try await TwoClusters.with { clusters in
                let trial = try await clusters.run(files: both, words: ["reads", "aims"])
                #expect(trial.result.exitCode == .pass)
                let lines = try trial.lines("cluster")
                #expect(lines.map { $0["role"] } == ["source", "target"])
                #expect(lines.map { $0["cluster_id"] } == ["source", "target"])
                #expect(lines.first?["security"]?["protocol"] == "PLAINTEXT")
            }
        }

        @Test("a cluster that no gate reads is left alone")
        func untouched() async throws {
            try await TwoClusters.with { clusters in
                let trial = try await clusters.run(files: both, words: ["free", "reads"])
                #expect(try trial.lines("cluster").count == 1)
                #expect(clusters.target.connections(to: 1) == 0)
            }
        }

        @Test("one cluster for source and target fails the run, and no gate runs")
        func sameCluster() async throws {
            try await TwoClusters.with { clusters in
                let trial = try await clusters.run(files: both, words: ["reads", "aims"]) {
                    $0.target.bootstrap = clusters.source.addresses
                }
                #expect(trial.result.exitCode == .fail)
                #expect(try trial.lines("gate_started").isEmpty)
                let end = try #require(try trial.lines("run_finished").first)
                #expect(end["verdict"] == "fail" && end["exit_code"] == 1)
                #expect(try trial.message("reads").contains("one cluster"))
            }
        }

        @Test("another cluster than the plan pins fails the run; the one that it pins does not")
        func pinned() async throws {
            try await TwoClusters.with { clusters in
                func run(_ id: String) async throws -> Trial {
                    let plan = """
                        return { source = { bootstrap = "\(clusters.source.addresses)", cluster_id = "\(id)" },
                        gates = { { gate = "reads" } } }
                        """
                    return try await clusters.run(files: both.merging(["plan.lua": plan]) { $1 }, words: []) {
                        ($0.source.bootstrap, $0.target.bootstrap) = (nil, nil)
                        $0.planFile = "plan.lua"
                    }
                }
                #expect(try await run("source").result.exitCode == .pass)
                let other = try await run("another")
                #expect(other.result.exitCode == .fail)
                #expect(try other.message("reads").contains("the plan says another"))
            }
        }

        @Test("a cluster that cannot be reached makes the gates that need it inconclusive, and only those")
        func unreachable() async throws {
            try await TwoClusters.with { clusters in
                clusters.source.cutOff(1)
                let trial = try await clusters.run(files: both, words: ["reads", "aims", "free", "probes"])
                #expect(try trial.codes("reads") == ["unreachable"])
                #expect(try trial.message("reads").contains("source-1:9092"))
                for gate in ["aims", "free", "probes"] { #expect(try trial.verdict(gate) == "pass") }
                let errors = try trial.lines("read_error")
                #expect(errors.count == 1)
                #expect(errors.first?["gate"] == nil)
                #expect(errors.first?["class"] == "net")
                #expect(try trial.lines("gate_started", gate: "reads").isEmpty)
                #expect(trial.result.exitCode == .inconclusive)
            }
        }

        @Test("a signal ends the wait for a cluster that does not answer")
        func interrupted() async throws {
            try await TwoClusters.with { clusters in
                let interruption = Interruption()
                var silence = Fault(.silence, api: .apiVersions)
                silence.onMeet = { interruption.interrupt(.interrupted) }
                clusters.source.faults.add(silence)
                let start = ContinuousClock.now
                let trial = try await clusters.run(files: both, words: ["reads"], interruption: interruption)
                #expect(start.duration(to: .now) < .seconds(9))
                #expect(trial.result.exitCode == .interrupted)
                #expect(try trial.codes("reads") == ["interrupted"])
                let isWhole = try trial.sink.verification().isOK
                #expect(isWhole)
            }
        }

        @Test("the timeout of the run counts from its start, contact included")
        func runTimeout() async throws {
            try await TwoClusters.with { clusters in
                clusters.source.faults.add(Fault(.silence, api: .apiVersions))
                let start = ContinuousClock.now
                let trial = try await clusters.run(files: both, words: ["reads"]) {
                    $0.timeout = .milliseconds(300)
                }
                #expect(start.duration(to: .now) < .seconds(5))
                #expect(try trial.codes("reads") == ["deadline"])
            }
        }
    }
}

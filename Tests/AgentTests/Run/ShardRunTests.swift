import EmbeddedClusters
import Evidence
import Gate
import Testing
import Value

@testable import Agent

extension AgentRuns {
    @Suite("Runs of a share")
    struct ShardRunTests {
        /// Judges each partition that it digests.
        private static let scan = """
            for _, p in ipairs(ctx.source:digest { topic = 'wide' }) do
              ctx:subject { topic = p.topic, partition = p.partition }:is_true('captured', p.digest ~= nil)
            end
            """
        private static let keys = "clusters = { 'source' }, shardable = true,"

        private func shard(_ text: String, _ clusters: TwoClusters, _ body: String = scan) async throws -> Trial {
            try await clusters.run(body, keys: Self.keys) { $0.shard = Shard(text) }
        }

        @Test("the shards of a run scan each partition once, none of them passes, and together they do")
        func together() async throws {
            try await TwoClusters.with(source: { try $0.createTopic("wide", ends: (0..<11).map { $0 }) }) { clusters in
                let whole = try await clusters.run(Self.scan, keys: Self.keys)
                #expect(try whole.verdict("g") == "pass")
                var files: [[UInt8]] = []
                var scanned = 0
                for index in 0..<3 {
                    let trial = try await shard("\(index)/3", clusters)
                    #expect(trial.result.exitCode == .inconclusive)
                    #expect(try trial.codes("g") == ["shard"])
                    scanned += Int(try trial.end("g")["checks"]?["passed"]?.integer ?? 0)
                    files.append(Array(trial.sink.text.utf8))
                }
                #expect(scanned == 11)
                let merged = try MergeTrial.merge(bytes: files)
                #expect(merged.result.exitCode == .pass, "\(merged.problems)")
                #expect(try merged.end("g")["checks"]?["passed"] == 11)
            }
        }

        @Test("a shard to which no partition fell is inconclusive as the others are")
        func idle() async throws {
            try await TwoClusters.with(source: { try $0.createTopic("wide", ends: [2]) }) { clusters in
                var files: [[UInt8]] = []
                for index in 0..<4 {
                    let trial = try await shard("\(index)/4", clusters)
                    #expect(try trial.codes("g") == ["shard"])
                    files.append(Array(trial.sink.text.utf8))
                }
                #expect(try MergeTrial.merge(bytes: files).result.exitCode == .pass)
            }
        }

        @Test("other arguments make another work")
        func work() async throws {
            try await TwoClusters.with(source: { try $0.createTopic("wide", ends: [2]) }) { clusters in
                func work(_ change: (inout RunRequest) -> Void = { _ in }) async throws -> String? {
                    let keys = Self.keys + "args = { a = { type = 'integer', default = 1 } },"
                    let trial = try await clusters.run(Self.scan, keys: keys) {
                        $0.shard = Shard("0/2")
                        change(&$0)
                    }
                    return try trial.lines("run_started").first?["shard"]?["work"]?.text
                }
                let plain = try await work()
                #expect(plain?.count == 64)
                #expect(try await work() == plain)
                #expect(try await work { $0.shard = Shard("1/2") } == plain)
                for other in [
                    try await work { $0.shard = Shard("0/3") }, try await work { $0.assignments = ["a=2"] },
                    try await work { $0.mapTopics = "x.{topic}" },
                ] { #expect(other != plain) }
            }
        }

        @Test("a gate whose scans cannot be shared out is whole in every shard")
        func wholeGates() async throws {
            try await TwoClusters.with(source: { try $0.createTopic("wide", ends: [0, 1, 2]) }) { clusters in
                let files = [
                    "./gates/g.lua": Trial.gate("g", Self.scan, keys: Self.keys),
                    "./gates/h.lua": Trial.gate("h", Self.scan, keys: "clusters = { 'source' },"),
                ]
                let trial = try await clusters.run(files: files, words: ["g", "h"]) { $0.shard = Shard("0/3") }
                #expect(try trial.verdict("h") == "pass")
                #expect(try trial.end("h")["checks"]?["passed"] == 3)
                #expect(try trial.end("g")["checks"]?["passed"] == 1)
                #expect(trial.result.exitCode == .inconclusive)
            }
        }

        @Test(
            "what cannot be shared out is refused before anything is contacted",
            arguments: [
                ("clusters = { 'source' },", "none of the gates has scans to share out"),
                ("shardable = true, effects = { 'produce' },", "its effect 'produce' would come as often"),
            ])
        func refused(keys: String, words: String) async throws {
            do {
                _ = try await Trial.run(files: ["./gates/g.lua": Trial.gate("g", passing, keys: keys)], words: ["g"]) {
                    $0.shard = Shard("0/2")
                    $0.effects = [.produce]
                    $0.source.bootstrap = "nowhere:1"
                }
                Issue.record("it ran")
            } catch let error as AgentError {
                #expect(error.exitCode == .badInput)
                #expect(error.message.contains(words), "\(error.message)")
            }
        }

        @Test("a gate that needs one whose scans are shared out is refused")
        func needs() async throws {
            let plan = """
                return { gates = { { gate = "g" }, { gate = "h", needs = { "g" } } } }
                """
            let files = [
                "./gates/g.lua": Trial.gate("g", passing, keys: "shardable = true,"),
                "./gates/h.lua": Trial.gate("h", passing), "plan.lua": plan,
            ]
            do {
                _ = try await Trial.run(files: files, words: []) {
                    $0.planFile = "plan.lua"
                    $0.shard = Shard("0/2")
                }
                Issue.record("it ran")
            } catch let error as AgentError {
                #expect(error.message.contains("gate h needs g"), "\(error.message)")
            }
        }
    }
}

import Agent
import Gate
import Guarding
import KafkaWire
import ScriptedBroker
import Testing
import Value

extension AgentRuns {
    @Suite("Rounds")
    struct RoundsTests {
        /// The end offset that the cluster tells in each round is the number of the round.
        private func counting(_ cluster: ScriptedCluster, _ end: @escaping @Sendable (Int) -> Int64 = { Int64($0) }) {
            cluster.amend(ListOffsetsRequest.self) { response, call in
                for topic in response.topics.indices {
                    for partition in response.topics[topic].partitions.indices {
                        response.topics[topic].partitions[partition].offset = end(call.number)
                    }
                }
            }
        }

        private static let gate = """
            local end_offset = ctx.source:offsets { topics = { 't' } }[1].offset
            ctx:note('round', { of = 'always the same' })
            ctx:subject { topic = 't', partition = 0 }:at_least('end', end_offset, 3)
            """

        private func run(
            _ clusters: TwoClusters, _ body: String = RoundsTests.gate, _ change: (inout RunRequest) -> Void
        ) async throws -> Trial {
            try await clusters.run(body, keys: "clusters = { 'source' },", change)
        }

        @Test("waiting ends with the first round in which all pass; evidence tells the changes alone")
        func waits() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [0])) { clusters in
                counting(clusters.source)
                let trial = try await run(clusters) {
                    $0.wait = .seconds(30)
                    $0.every = .milliseconds(10)
                }
                #expect(trial.result.exitCode == .pass)
                #expect(try trial.end("g")["attempts"] == 3)
                #expect(try trial.lines("gate_started").count == 1)
                #expect(try trial.lines("note").count == 1)
                let checks = try trial.lines("check")
                #expect(checks.map { $0["attempt"] } == [1, 3, 3])
                #expect(checks.map { $0["ok"] } == [false, true, true])
                let rounds = try #require(checks.last?["rounds"])
                #expect(rounds["n"] == 3 && rounds["ok"] == 1 && rounds["min"] == 1 && rounds["max"] == 3)
            }
        }

        @Test("a hold that is reached passes, one that is broken too late does not")
        func holds() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [9])) { clusters in
                let held = try await run(clusters) {
                    $0.wait = .seconds(30)
                    $0.hold = .milliseconds(50)
                    $0.every = .milliseconds(10)
                }
                #expect(held.result.exitCode == .pass)
                let hold = try #require(try held.end("g")["hold"])
                #expect(hold["required_us"] == 50_000)
                #expect(hold["achieved_us"]?.integer ?? 0 >= 50_000)
                let short = try await run(clusters) {
                    $0.wait = .milliseconds(100)
                    $0.hold = .seconds(20)
                    $0.every = .milliseconds(10)
                }
                #expect(try short.codes("g") == ["hold"])
                #expect(short.result.exitCode == .inconclusive)
            }
        }

        @Test("the last round begins with the end of the time")
        func lastRound() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [9])) { clusters in
                let trial = try await run(clusters) {
                    $0.wait = .seconds(2)
                    $0.hold = .milliseconds(100)
                    $0.every = .seconds(60)
                }
                #expect(trial.result.exitCode == .pass)
                #expect(try trial.end("g")["attempts"] == 2)
            }
        }

        @Test("what never passes fails when the time is over")
        func waitsInVain() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [0])) { clusters in
                let trial = try await run(clusters) {
                    $0.wait = .milliseconds(50)
                    $0.every = .milliseconds(10)
                }
                #expect(trial.result.exitCode == .fail)
            }
        }

        @Test("watching stops at the first fail")
        func watchFails() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [0])) { clusters in
                counting(clusters.source) { $0 < 3 ? 9 : 0 }
                let trial = try await run(clusters) {
                    $0.watch = .seconds(60)
                    $0.every = .milliseconds(10)
                }
                #expect(trial.result.exitCode == .fail)
                #expect(try trial.end("g")["attempts"] == 3)
            }
        }

        @Test("watching passes only if every round did")
        func watchDoubts() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [9])) { clusters in
                let calm = try await run(clusters) {
                    $0.watch = .milliseconds(60)
                    $0.every = .milliseconds(10)
                }
                #expect(calm.result.exitCode == .pass)
                let first = try clusters.source.requests(ListOffsetsRequest.self).count + 1
                clusters.source.amend(ListOffsetsRequest.self) { response, call in
                    guard call.number > first else { return }
                    response.topics[0].partitions[0].error = .topicAuthorizationFailed
                }
                let body = """
                    local row = ctx.source:offsets { topics = { 't' } }[1]
                    ctx:subject { topic = 't' }:at_least('end', row.offset, 3)
                    """
                let doubt = try await run(clusters, body) {
                    $0.watch = .milliseconds(400)
                    $0.every = .milliseconds(10)
                }
                #expect(doubt.result.exitCode == .inconclusive)
                #expect(try doubt.codes("g").contains("TOPIC_AUTHORIZATION_FAILED"))
            }
        }

        @Test("a gate whose need passes in a later round runs then, with a beginning in the evidence")
        func needs() async throws {
            try await TwoClusters.with(source: .topic("t", ends: [0])) { clusters in
                counting(clusters.source)
                let plan = """
                    return { source = { bootstrap = "\(clusters.source.addresses)" },
                    gates = { { gate = "g" }, { gate = "after", needs = { "g" } } } }
                    """
                let files = [
                    "plan.lua": plan, "./gates/g.lua": Trial.gate("g", Self.gate, keys: "clusters = { 'source' },"),
                    "./gates/after.lua": Trial.gate("after", passing),
                ]
                let trial = try await Trial.run(files: files, words: []) {
                    $0.planFile = "plan.lua"
                    $0.wait = .seconds(30)
                    $0.every = .milliseconds(10)
                }
                #expect(trial.result.exitCode == .pass)
                let begun = try trial.lines("gate_started", gate: "after")
                #expect(begun.map { $0["attempt"] } == [3])
                #expect(try trial.end("after")["attempts"] == 1)
            }
        }
    }
}

import Agent
import EmbeddedClusters
import EmbeddedKafka
import Gate
import Testing
import Value

extension AgentRuns {
    @Suite("Rounds")
    struct RoundsTests {
        /// A topic with one record, to which a producer adds another every second.
        ///
        /// With a round every second, the end offset of a round is then its number.
        private func counting(_ body: @Sendable (TwoClusters) async throws -> Void) async throws {
            try await TwoClusters.with(source: { try $0.createTopic("t", ends: [1]) }) { clusters in
                clusters.clock.every(.seconds(1)) {
                    clusters.source.change { _ = try? $0.append([NewRecord("key", "value")], to: "t") }
                }
                try await body(clusters)
            }
        }

        /// A topic that stands still.
        private func still(end: Int64, _ body: @Sendable (TwoClusters) async throws -> Void) async throws {
            try await TwoClusters.with(source: { try $0.createTopic("t", ends: [end]) }, body)
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
            try await counting { clusters in
                let trial = try await run(clusters) {
                    $0.wait = .seconds(30)
                    $0.every = .seconds(1)
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
                #expect(clusters.clock.passed == .seconds(2))
            }
        }

        @Test("a hold that is reached passes, one that is broken too late does not")
        func holds() async throws {
            try await still(end: 9) { clusters in
                let held = try await run(clusters) {
                    $0.wait = .seconds(1800)
                    $0.hold = .seconds(300)
                    $0.every = .seconds(60)
                }
                #expect(held.result.exitCode == .pass)
                let hold = try #require(try held.end("g")["hold"])
                #expect(hold["required_us"] == 300_000_000)
                #expect(hold["achieved_us"] == 300_000_000)
                #expect(try held.end("g")["attempts"] == 6)
                let short = try await run(clusters) {
                    $0.wait = .seconds(120)
                    $0.hold = .seconds(300)
                    $0.every = .seconds(60)
                }
                #expect(try short.codes("g") == ["hold"])
                #expect(short.result.exitCode == .inconclusive)
            }
        }

        @Test("the last round begins with the end of the time")
        func lastRound() async throws {
            try await still(end: 9) { clusters in
                let trial = try await run(clusters) {
                    $0.wait = .seconds(20)
                    $0.hold = .seconds(10)
                    $0.every = .seconds(60)
                }
                #expect(trial.result.exitCode == .pass)
                #expect(try trial.end("g")["attempts"] == 2)
                #expect(clusters.clock.passed == .seconds(20))
            }
        }

        @Test("what never passes fails when the time is over")
        func waitsInVain() async throws {
            try await still(end: 0) { clusters in
                let trial = try await run(clusters) {
                    $0.wait = .seconds(50)
                    $0.every = .seconds(10)
                }
                #expect(trial.result.exitCode == .fail)
                #expect(try trial.end("g")["attempts"] == 6)
            }
        }

        @Test("watching stops at the first fail")
        func watchFails() async throws {
            try await still(end: 9) { clusters in
                clusters.clock.at(.seconds(15)) { clusters.source.change { $0.truncate("t", to: 0) } }
                let trial = try await run(clusters) {
                    $0.watch = .seconds(60)
                    $0.every = .seconds(10)
                }
                #expect(trial.result.exitCode == .fail)
                #expect(try trial.end("g")["attempts"] == 3)
                #expect(clusters.clock.passed == .seconds(20))
            }
        }

        @Test("watching passes only if every round did")
        func watchDoubts() async throws {
            try await still(end: 9) { clusters in
                let calm = try await run(clusters) {
                    $0.watch = .seconds(60)
                    $0.every = .seconds(10)
                }
                #expect(calm.result.exitCode == .pass)
                #expect(try calm.end("g")["attempts"] == 7)
                // Somebody takes the right away in the middle of the watch.
                clusters.clock.at(.seconds(75)) { clusters.source.change { $0.access.hasAuthorizer = true } }
                let body = """
                    local row = ctx.source:offsets { topics = { 't' } }[1]
                    ctx:subject { topic = 't' }:at_least('end', row.offset, 3)
                    """
                let doubt = try await run(clusters, body) {
                    $0.watch = .seconds(60)
                    $0.every = .seconds(10)
                }
                #expect(doubt.result.exitCode == .inconclusive)
                #expect(try doubt.codes("g").contains("TOPIC_AUTHORIZATION_FAILED"))
                #expect(try doubt.lines("check").first?["ok"] == true)
            }
        }

        @Test("a watch that the run's deadline cuts short has not seen all it was to see")
        func watchCutShort() async throws {
            try await still(end: 9) { clusters in
                let trial = try await run(clusters) {
                    $0.watch = .seconds(60)
                    $0.every = .seconds(10)
                    $0.timeout = .seconds(35)
                }
                #expect(trial.result.exitCode == .inconclusive)
                #expect(try trial.codes("g") == ["deadline"])
            }
        }

        @Test("a gate whose need passes in a later round runs then, with a beginning in the evidence")
        func needs() async throws {
            try await counting { clusters in
                let plan = """
                    return { source = { bootstrap = "\(clusters.source.addresses)" },
                    gates = { { gate = "g" }, { gate = "after", needs = { "g" } } } }
                    """
                let files = [
                    "plan.lua": plan, "./gates/g.lua": Trial.gate("g", Self.gate, keys: "clusters = { 'source' },"),
                    "./gates/after.lua": Trial.gate("after", passing),
                ]
                let trial = try await clusters.run(files: files, words: []) {
                    ($0.source.bootstrap, $0.target.bootstrap) = (nil, nil)
                    $0.planFile = "plan.lua"
                    $0.wait = .seconds(30)
                    $0.every = .seconds(1)
                }
                #expect(trial.result.exitCode == .pass)
                let begun = try trial.lines("gate_started", gate: "after")
                #expect(begun.map { $0["attempt"] } == [3])
                #expect(try trial.end("after")["attempts"] == 1)
            }
        }
    }
}

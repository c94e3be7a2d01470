import Agent
import EmbeddedClusters
import EmbeddedKafka
import Gate
import KafkaWire
import Testing
import Value

extension AgentRuns {
    @Suite("Rows of a primitive")
    struct ReadsTests {
        /// A topic that may be read and one that may not even be seen.
        @Sendable private static func build(_ state: inout ClusterState) throws {
            try state.createTopic("orders", ends: [5, 7])
            state.createTopic("closed")
            state.access.hasAuthorizer = true
            state.access.entries = [.init(.allow, "User:ANONYMOUS", .read, .topic, "orders")]
        }

        private func run(_ body: String) async throws -> Trial {
            try await TwoClusters.with(source: Self.build) { try await $0.run(body, keys: "clusters = { 'source' },") }
        }

        private static let failed = "local p = ctx.source:offsets { topics = { 'closed' } }[1] "

        @Test("a failed row that nobody has seen takes the pass away, also where its error was swallowed")
        func unacknowledged() async throws {
            for look in ["", "pcall(function() return p.offset + 1 end)", "local _ = p.error and p.error.name"] {
                let trial = try await run(Self.failed + look + " " + passing)
                #expect(try trial.verdict("g") == "inconclusive")
                #expect(try trial.codes("g") == ["unacknowledged_read"])
                #expect(try trial.lines("read_error").map { $0["acknowledged"] } == [false])
            }
        }

        @Test("an acknowledgement, a check of its missing value and an unknown each see a failed row")
        func acknowledged() async throws {
            let known = try await run(Self.failed + "ctx:acknowledge(p, 'closed on purpose') " + passing)
            #expect(try known.verdict("g") == "pass")
            #expect(try known.lines("read_error").map { $0["acknowledged"] } == [true])
            for look in ["at_most('end', p.offset, 5)", "unknown('end', p)", "at_most('end', p, 5)"] {
                let trial = try await run(Self.failed + "ctx:subject { n = 1 }:\(look)")
                #expect(try trial.codes("g") == ["TOPIC_AUTHORIZATION_FAILED"])
                #expect(try trial.lines("unknown").first?["reason"] == "TOPIC_AUTHORIZATION_FAILED")
                #expect(try trial.lines("read_error").map { $0["acknowledged"] } == [true])
            }
        }

        @Test(
            "any other use of a missing value raises, with its place",
            arguments: [
                "return p.offset + 1", "return p.offset < 3", "return tostring(p.offset) .. ''", "ctx:log(p.offset)",
                "ctx.json.encode(p.offset)", "ctx.json.encode({ p.offset })", "ctx:subject { n = p.offset }",
                "ctx:note('n', { p.offset })", "ctx:subject { n = 1 }:equal('n', 1, 1, nil, { f = p.offset })",
            ])
        func otherUses(use: String) async throws {
            let trial = try await run(Self.failed + "\n ctx:acknowledge(p, 'seen') " + passing + "\n" + use)
            #expect(try trial.verdict("g") == "inconclusive")
            #expect(try trial.codes("g").contains("script_error"))
            guard case .list(let reasons)? = try trial.end("g")["reasons"] else { return }
            #expect(reasons.contains { $0["at"]?.text?.hasPrefix("g.lua:4") == true }, "\(reasons)")
        }

        @Test("error and none never raise; a field that is none raises with the nearest name")
        func fields() async throws {
            let good = "local p = ctx.source:offsets { topics = { 'orders' } }[1] "
            let quiet = try await run(good + "assert(p.error == nil and p.none == nil) " + passing)
            #expect(try quiet.verdict("g") == "pass")
            let failed = try await run(
                Self.failed + "assert(p.error.name and not p.none) ctx:acknowledge(p, 'x') " + passing)
            #expect(try failed.verdict("g") == "pass")
            let typo = try await run(good + passing + " return p.ofset")
            #expect(try typo.message("g").contains("offset"))
            #expect(try typo.codes("g") == ["script_error"])
        }

        @Test("what a row is about is known though it failed")
        func identity() async throws {
            let trial = try await run(
                """
                local p = ctx.source:offsets { topics = { 'closed' } }[1]
                ctx:subject { topic = p.topic, same = p.error.topic }:unknown('end', p)
                """)
            #expect(try trial.lines("unknown").first?["subject"] == ["topic": "closed", "same": "closed"])
        }

        @Test(
            "wrong parameters raise, and are remembered",
            arguments: [
                ("ctx.source:offsets { topic = 'orders' }", "did you mean 'topics'?"),
                ("ctx.source:offsets {}", "needs 'topics'"), ("ctx.source:offsets 'orders'", "one table"),
                ("ctx.source:offsets { topics = { 'orders' }, at = 'ende' }", "must be an integer"),
                ("ctx.source:offsets { topics = { 'orders' }, partition = 1.0 }", "1e6 is a float"),
                ("ctx.source:describe { x = 1 }", "no parameter 'x'"),
                ("ctx.source:lag { group = '\\255' }", "must be a string"),
                ("ctx.source:offsets { topics = { '\\255' } }", "must be a list"),
                ("ctx.source.offsets { topics = { 'orders' } }", "colon"),
                ("ctx.source:offset { topics = {} }", "offset"),
                ("ctx.source:as('billing')", "no principal 'billing'"),
            ])
        func wrongParameters(call: String, part: String) async throws {
            let loud = try await run(passing + " " + call)
            #expect(try loud.codes("g").contains("script_error"))
            let message = try loud.message("g")
            #expect(message.contains(part), "\(message)")
        }

        @Test("a mistake in a question that is swallowed takes the pass away")
        func swallowedMistake() async throws {
            let trial = try await run(passing + " pcall(function() return ctx.source:offsets { topic = 'x' } end)")
            #expect(try trial.verdict("g") == "inconclusive")
        }

        @Test("everything in ctx is read-only, and rows are")
        func readOnly() async throws {
            for write in [
                "ctx.args = {}", "ctx.args.x = 1", "ctx.plan.facts.x = 1", "ctx.source = nil", "ctx.json.encode = nil",
                "ctx.source:offsets { topics = { 'orders' } }[1].offset = 0",
                "ctx.source:offsets { topics = { 'orders' } }[1] = nil",
                "rawset(ctx, 'x', 1)",
            ] {
                let trial = try await run(passing + " " + write)
                #expect(try trial.codes("g") == ["script_error"], "\(write)")
            }
        }

        @Test("the deadline of a gate ends a primitive that gets no answer")
        func deadline() async throws {
            try await TwoClusters.with(source: Self.build) { clusters in
                clusters.source.faults.add(Fault(.silence, api: .listOffsets))
                let start = ContinuousClock.now
                let trial = try await clusters.run(
                    "ctx.source:offsets { topics = { 'orders' } } " + passing, keys: "clusters = { 'source' },"
                ) { $0.gateTimeout = .milliseconds(300) }
                #expect(start.duration(to: .now) < .seconds(25))
                #expect(try trial.verdict("g") == "inconclusive")
                let codes = try trial.codes("g")
                #expect(codes.contains("deadline") || codes.contains("unacknowledged_read"), "\(codes)")
            }
        }

        @Test("a signal ends a primitive that gets no answer")
        func interrupted() async throws {
            try await TwoClusters.with(source: Self.build) { clusters in
                let interruption = Interruption()
                var silence = Fault(.silence, api: .listOffsets)
                silence.onMeet = { interruption.interrupt(.interrupted) }
                clusters.source.faults.add(silence)
                let trial = try await clusters.run(
                    "ctx.source:offsets { topics = { 'orders' } } " + passing + " while true do end",
                    keys: "clusters = { 'source' },", interruption: interruption
                ) { $0.gateTimeout = .seconds(600) }
                #expect(trial.result.exitCode == .interrupted)
                #expect(try trial.codes("g").contains("interrupted"))
            }
        }

        @Test("a thousand partitions that fail alike are one line of evidence")
        func manyFailures() async throws {
            try await TwoClusters.with(source: { $0.createTopic("wide", partitions: 1_000) }) { clusters in
                clusters.source.faults.add(Fault(.error(.topicAuthorizationFailed), api: .listOffsets))
                let trial = try await clusters.run(
                    "local rows = ctx.source:offsets { topics = { 'wide' } } ctx:acknowledge(rows[1], 'one') "
                        + passing,
                    keys: "clusters = { 'source' },")
                #expect(try trial.lines("read_error").count == 1)
                #expect(try trial.lines("read_error").first?["acknowledged"] == false)
                let codes = try trial.codes("g")
                #expect(codes.count == 101 && Set(codes) == ["unacknowledged_read"])
            }
        }
    }
}

import Testing

@testable import GateTesting

/// Tests that carry runs through, one after another.
@Suite(.serialized) struct WorldScriptTests {
    private static let ends = """
        for _, row in ipairs(ctx.source:offsets { topics = { "orders" }, at = "end" }) do
          local subject = ctx:subject { partition = row.partition }
          if row.error then subject:unknown("end_offset", row) else subject:at_least("end_offset", row.offset, 2) end
        end
        """

    @Test("what a test builds is what the gate reads, over Kafka's own protocol")
    func reads() async throws {
        let failure = try await GateFolder.failure(
            run: Self.ends,
            """
            world.source:topic("orders", 2)
            assert(world.source:append("orders", 0, 3) == 0)
            assert(world.source:append("orders", 0, { "a", { key = "k", headers = { h = "x" } } }) == 3)
            world.source:append("orders", 1, 2, { transaction = "t", codec = "gzip" })
            local result = world:run()
            result:passes()
            result:lists {
              { check = "end_offset", subject = { partition = 0 }, actual = 5, limit = 2, ok = true },
              { check = "end_offset", subject = { partition = 1 }, actual = 3 },
            }
            """)
        #expect(failure == nil)
    }

    @Test("a verdict that was not expected is shown with the checks and reasons that led to it, at its line")
    func differs() async throws {
        let failure = try await GateFolder.failure(
            run: Self.ends,
            """
            world.source:topic("orders")
            world.source:append("orders", 0, 1)
            world:run():passes()
            """)
        #expect(
            failure == """
                gates/g_test.lua:4: expected pass, got fail
                  checks:
                    end_offset {partition=0} 1 >= 2 failed
                  reasons:
                    check_failed: end_offset is 1, required >= 2 (g.lua:4)
                """)
    }

    @Test("lists of checks that differ are shown beside each other")
    func lists() async throws {
        let failure = try await GateFolder.failure(
            run: Self.ends,
            """
            world.source:topic("orders", 2)
            world.source:append("orders", 0, 2)
            world.source:append("orders", 1, 2)
            world:run():lists {
              { check = "end_offset", subject = { partition = 0 }, actual = 2 },
              { check = "end_offset", subject = { partition = 1 }, actual = 7 },
            }
            """)
        #expect(
            failure == """
                gates/g_test.lua:5: the checks differ (- expected, + actual)
                    end_offset {partition=0} 2 >= 2 ok
                  - end_offset {partition=1} actual=7
                  + end_offset {partition=1} 2 >= 2 ok
                """)
    }

    @Test("faults meet the requests they are for, so often and on that broker")
    func faults() async throws {
        let failure = try await GateFolder.failure(
            run: Self.ends,
            """
            world.source:topic("orders")
            world.source:append("orders", 0, 2)
            world.source:fail("ListOffsets", "NOT_LEADER_OR_FOLLOWER", { times = 3 })
            world.source:throttle("Metadata", "2s", { times = 1 })
            world:run():passes()
            world.source:fail("ListOffsets", "UNKNOWN_SERVER_ERROR", { broker = 2 })
            world:run():passes()
            world.source:disconnect("ListOffsets")
            world:run():inconclusive("unreachable")
            """)
        #expect(failure == nil)
    }

    @Test("waits take no time, and what was to happen meanwhile happens")
    func time() async throws {
        let begin = ContinuousClock.now
        let failure = try await GateFolder.failure(
            run: """
                local before = ctx.clock.now_ms()
                ctx:sleep(1200000)
                ctx:subject { n = 1 }:equal("slept", ctx.clock.now_ms() - before, 1200000)
                local topics = ctx.source:topics { names = { "late" } }
                ctx:subject { n = 2 }:equal("there", topics[1].error == nil and #topics[1].partitions or 0, 4)
                """,
            """
            world:at("10m").source:topic("late", 4)
            world:run({}, { gate_timeout = "25m" }):passes()
            assert(world.clock:now_ms() == 1767225600000 + 1200000)
            world.clock:advance("1d")
            assert(world.clock:now_ms() == 1767225600000 + 1200000 + 86400000)
            """)
        #expect(failure == nil)
        #expect(begin.duration(to: .now) < .seconds(60))
    }

    @Test("a gate that sleeps past its deadline has met it")
    func deadline() async throws {
        let failure = try await GateFolder.failure(
            run: "ctx:subject { n = 1 }:is_true('one', true) ctx:sleep(3600000)",
            """
            world:run({}, { gate_timeout = "5m" }):inconclusive("deadline")
            """)
        #expect(failure == nil)
    }

    @Test(
        "what a test gets wrong is said with its line and the nearest name",
        arguments: [
            ("world.source:topc('x')", "source has no 'topc'; did you mean 'topic'?"),
            ("world.source:topic(7)", "name of :topic must be a string"),
            ("world.source:topic('x', 0)", "a topic has 1 to 100,000 partitions"),
            ("world.source:append('x', 0, 1)", "there is no topic 'x'"),
            ("world.source:fail('ListOffset', 'NONE')", "did you mean 'ListOffsets'?"),
            ("world.source:fail('ListOffsets', 'NOT_LEADER')", "Kafka has no error 'NOT_LEADER'"),
            ("world.source.topic('x')", "call it with a colon"),
            ("world:run({}, { hold = '5m' })", "hold goes with wait"),
            ("world:run({}, { wiat = '5m' })", ":run does not know 'wiat'; did you mean 'wait'?"),
            ("world:run({ lag = 1 })", "has argument \"lag\""),
            ("world.clock:advance('soon')", "a duration such as"),
            ("world:run():fails()", "expected fail, got pass"),
            ("world:run():inconclusive('x')", "expected inconclusive, got pass"),
            ("world:run():has('two')", "expected a check"),
            ("world:run():notes('n')", "there is no note"),
            ("x = 1", "assignment to global 'x'"),
        ])
    func mistakes(body: String, message: String) async throws {
        let failure = try #require(try await GateFolder.failure(body))
        #expect(failure.hasPrefix("gates/g_test.lua:2: "), "\(failure)")
        #expect(failure.contains(message), "\(failure)")
    }

    @Test("a test that expects nothing fails")
    func nothing() async throws {
        let failure = try await GateFolder.failure("world:run()")
        #expect(failure?.contains("expects nothing") == true)
    }

    @Test("a failure that tells no place is told where it came up, or else where the test begins")
    func places() async throws {
        let test = """
            return {
              table = function()
                error({})
              end,
              bare = function()
                error("mine", 0)
              end,
              memory = function()
                local all = {}
                for i = 1, 1e6 do all[i] = ("x"):rep(10000) .. i end
              end,
              nothing = function(world) world:run() end,
              lent = ipairs,
              spins = function()
                while true do end
              end,
            }
            """
        let folder = GateFolder(run: "ctx:subject { n = 1 }:is_true('one', true)", test: test)
        let failures = try await folder.failures(patience: .seconds(10))
        #expect(
            failures == [
                "table": "gates/g_test.lua:3: error object is a table", "bare": "gates/g_test.lua:6: mine",
                "memory": "gates/g_test.lua:8: the script met its memory limit",
                "nothing": "gates/g_test.lua:12: the test expects nothing, so it can show nothing",
                "lent": "gates/g_test.lua: the test expects nothing, so it can show nothing",
                "spins": "gates/g_test.lua:14: the test did not end within 10s; --timeout gives it longer",
            ])
    }

    @Test("each test has a world of its own")
    func alone() async throws {
        let failures = try await GateFolder(
            run: Self.ends,
            test: """
                local count = 0
                local function test(world)
                  count = count + 1
                  assert(count == 1)
                  world.source:topic("orders")
                  world.source:append("orders", 0, 2)
                  world:run():passes()
                end
                return { first = test, second = test }
                """
        ).failures()
        #expect(failures.isEmpty)
    }
}

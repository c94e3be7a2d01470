import Agent
import Gate
import Testing
import Value

extension AgentRuns {
    @Suite("ctx")
    struct ScriptContextTests {
        private func holds(_ script: String, files: [String: String] = [:], plan: Bool = false) async throws {
            let gates = ["g": script + " " + passing]
            let trial = try await Trial.run(gates, files: files, words: ["g"]) { if plan { $0.planFile = "plan.lua" } }
            let message = try trial.message("g")
            #expect(try trial.verdict("g") == "pass", "\(message)")
        }

        @Test("ctx.plan has what the plan declares, and none of its addresses")
        func plan() async throws {
            let plan = """
                return { name = "wave", change = "CHG1", source = { bootstrap = "secret-host:1" },
                  mapping = { topics = "src.{topic}", groups = "dr-{group}", topic_names = { orders = "orders_v2" } },
                  contracts = { billing = { max_redelivery = 500 } }, facts = { wave = 3 },
                  expected_differences = { { what = "topic_config", topic = "orders", owner = "a", reason = "b" } },
                  gates = { { gate = "g" } } }
                """
            try await holds(
                """
                local p = ctx.plan
                assert(p.name == 'wave' and p.change == 'CHG1' and p.contracts.billing.max_redelivery == 500)
                assert(p.facts.wave == 3 and p.expected_differences[1].topic == 'orders' and p.source == nil)
                assert(ctx.map.topic('orders') == 'orders_v2' and ctx.map.topic('x') == 'src.x' and ctx.map.group('g') == 'dr-g')
                """, files: ["plan.lua": plan], plan: true)
        }

        @Test("without a plan its tables are there, and empty")
        func noPlan() async throws {
            try await holds(
                """
                assert(ctx.plan.contracts.billing == nil and ctx.plan.facts.x == nil and #ctx.plan.expected_differences == 0)
                assert(ctx.map.topic('orders') == 'orders')
                """)
        }

        @Test("a check's facts are the last thing it takes, whatever is left out before them")
        func checks() async throws {
            let calls = [
                "is_true('c', true, { f = 1 })", "is_true('c', true, true, { f = 1 })",
                "is_true('c', true, true, 'rows', { f = 1 })", "is_true('c', true, nil, nil, { f = 1 })",
                "is_true('c', true, 'rows', { f = 1 })", "equal('c', 1, 1, { f = 1 })",
                "equal('c', 1, 1, nil, { f = 1 })",
                "equal('c', 1, 1, 'rows', { f = 1 })", "equal('c', 1, 1, 'rows', { f = 1 }, nil)",
            ]
            for call in calls {
                let trial = try await Trial.run(["g": "ctx:subject { n = 1 }:\(call)"], words: ["g"])
                #expect(try trial.verdict("g") == "pass", "\(call)")
                let check = try #require(try trial.lines("check").first)
                #expect(check["facts"]?["f"] == 1, "\(call)")
                #expect(check["unit"]?.text == (call.contains("rows") ? "rows" : nil), "\(call)")
            }
            let mistakes = [
                "is_true('c', false, false)": "is_true expects true",
                "equal('c', 1, 1, { f = 1 }, 'rows')": "nothing after these",
                "is_true('c', true, 1)": "must be a table",
            ]
            for (call, words) in mistakes {
                let trial = try await Trial.run(
                    ["g": "pcall(function() ctx:subject { n = 1 }:\(call) end) \(passing)"], words: ["g"])
                #expect(try trial.codes("g").contains("script_error"), "\(call)")
                #expect(try trial.message("g").contains(words), "\(call)")
            }
        }

        @Test("json is strict and exact, and tells of what it cannot hold")
        func json() async throws {
            try await holds(
                #"""
                local j = ctx.json
                assert(j.encode({ b = 1, a = { true, 2.5 } }) == '{"a":[true,2.5],"b":1}')
                assert(j.encode('\255') == '{"base64":"/w=="}')
                assert(j.encode(9007199254740993) == '"9007199254740993"')
                assert(j.decode('{"n":9007199254740992,"l":[1,2]}').l[2] == 2)
                for _, bad in ipairs { '{"a":1,"a":2}', '[1,]', 'NaN', '' } do assert(not pcall(j.decode, bad)) end
                assert(j.valid('{"a":1,"a":[18446744073709551616]}'))
                local ok, why = j.valid('[1,]')
                assert(ok == false and why == 'line 1, column 4: expected a value')
                assert(not pcall(j.valid, 1))
                assert(not pcall(j.encode, 0/0))
                """#)
        }

        @Test("the clock is in milliseconds, and sleeping takes its time")
        func clock() async throws {
            try await holds(
                """
                local from = ctx.clock.monotonic_ms()
                ctx:sleep(20)
                assert(ctx.clock.monotonic_ms() - from >= 19 and ctx.clock.now_ms() > 1600000000000)
                """)
        }

        @Test("an unknown member of ctx raises with the nearest name; clusters that were not asked for are not there")
        func strict() async throws {
            for (use, part) in [("ctx.subjct", "subject"), ("ctx.source", "source"), ("ctx.clock.now_m", "now_ms")] {
                let trial = try await Trial.run(["g": passing + " local x = \(use)"])
                let message = try trial.message("g")
                #expect(message.contains(part), "\(message)")
                #expect(try trial.codes("g") == ["script_error"])
            }
        }

        @Test("logs stop after 200 lines of 1 KiB")
        func logs() async throws {
            let trial = try await Trial.run(["g": passing + " for i = 1, 300 do ctx:log(('x'):rep(2000)) end"])
            let lines = try trial.lines("log")
            #expect(lines.count == 201)
            #expect(lines.last?["truncated"] == true)
            #expect(lines.allSatisfy { ($0["text"]?.text?.utf8.count ?? 0) <= 1_027 })
        }

        @Test("checks that differ in their partition share a line; with --detail each has its own")
        func folding() async throws {
            let body = "for i = 0, 9 do ctx:subject { topic = 't', partition = i }:at_most('lag', i, 20) end"
            let folded = try await Trial.run(["g": body])
            #expect(try folded.lines("check").map { $0["partitions"] } == ["0-9"])
            let detailed = try await Trial.run(["g": body]) { $0.detail = true }
            #expect(try detailed.lines("check").count == 10)
        }

        @Test("20,000 matches of a pattern take one state of Lua")
        func matches() async throws {
            let trial = try await Trial.run([
                "g":
                    "local s = ctx:subject { n = 1 } for i = 1, 20000 do s:matches('name', 'orders-7', '^orders%-%d$') end"
            ]) { $0.gateTimeout = .seconds(120) }
            #expect(try trial.end("g")["checks"]?["passed"] == 20_000)
        }

        @Test("a pattern that is malformed or explodes is unknown")
        func badPatterns() async throws {
            let trial = try await Trial.run([
                "g": """
                local s = ctx:subject { n = 1 }
                s:matches('bad', 'x', '[')
                s:matches('slow', ('a'):rep(50), ('.-'):rep(8) .. 'b')
                s:matches('good', 'x', 'x')
                """
            ])
            #expect(try trial.end("g")["checks"] == ["passed": 1, "failed": 0, "unknown": 2])
        }
    }
}

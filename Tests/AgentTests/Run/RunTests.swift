import Agent
import Evidence
import Gate
import Guarding
import Secrets
import Testing
import Value

extension AgentRuns {
    @Suite("A run without clusters")
    struct RunTests {
        @Test("the evidence is whole: start, gates in order, end, a chain that verifies")
        func evidence() async throws {
            let trial = try await Trial.run(["good": passing + " ctx:note('seen', { a = 1 }) ctx:log('hello')"]) {
                $0.change = "CHG1"
                $0.operatorName = "jane"
                $0.argv = ["sluice", "run", "good"]
            }
            #expect(trial.result.exitCode == .pass)
            let isWhole = try trial.sink.verification().isOK
            #expect(isWhole)
            let types = try trial.sink.lines().compactMap { $0["type"]?.text }
            #expect(types == ["run_started", "gate_started", "log", "check", "note", "gate_finished", "run_finished"])
            let start = try #require(try trial.lines("run_started").first)
            #expect(start["change"] == "CHG1" && start["operator"] == "jane" && start["host"] == "test-host")
            #expect(try trial.lines("run_finished").first?["exit_code"] == 0)
            #expect(try trial.end("good")["usage"]?["lua_peak_bytes"]?.integer ?? 0 > 0)
            #expect(try trial.end("good")["attempts"] == 1)
        }

        @Test("who runs it is whom the system says, where nobody else is named")
        func operatorName() async throws {
            let trial = try await Trial.run(["good": passing], variables: ["USER": "root"])
            #expect(try trial.lines("run_started").first?["operator"] == "root")
        }

        @Test("fail beats inconclusive beats pass in the exit code")
        func precedence() async throws {
            let all = ["good": passing, "bad": failing, "dim": undecided]
            func code(_ words: [String]) async throws -> ExitCode {
                try await Trial.run(all, words: words).result.exitCode
            }
            #expect(try await code(["good"]) == .pass)
            #expect(try await code(["good", "dim"]) == .inconclusive)
            #expect(try await code(["good", "dim", "bad"]) == .fail)
        }

        @Test("a warning does not decide, unless the gate is named")
        func severity() async throws {
            let files = [
                "./gates/soft.lua": Trial.gate("soft", failing, keys: "severity = 'warning', tags = { 'all' },"),
                "./gates/hard.lua": Trial.gate("hard", passing, keys: "tags = { 'all' },"),
            ]
            let selected = try await Trial.run(files: files, words: ["tag:all"])
            #expect(selected.result.exitCode == .pass)
            #expect(selected.result.verdict.counts.warned == 1)
            let named = try await Trial.run(files: files, words: ["soft", "hard"])
            #expect(named.result.exitCode == .fail)
        }

        @Test(
            "a script that does not observe does not pass",
            arguments: [
                ("return true", "vacuous"), ("return 'pass'", "vacuous"), ("ctx:subject { n = 1 }", "vacuous"),
                ("ctx:subject { n = 0 } " + passing, "unobserved_subject"),
                ("ctx:subject { n = 1 }:at_most('lag', 0/0, 10)", "unknown_value"),
                ("ctx:subject { n = 1 }:at_most('lag', nil, 10)", "unknown_value"),
                ("ctx:subject { n = 1 }:at_most('lag', 1, 1/0)", "unknown_value"),
                ("for _, p in ipairs({}) do ctx:subject(p) end", "vacuous"),
                (passing + " error('late')", "script_error"),
                (passing + " pcall(function() ctx:subject { n = 2 }:at_most('lag', 5, 1, 7) end)", "script_error"),
                (passing + " pcall(ctx.subject, ctx, 7)", "script_error"),
                (passing + " pcall(ctx.note, ctx, 'Bad Name')", "script_error"),
                (passing + " undeclared()", "script_error"),
            ])
        func neverPass(body: String, code: String) async throws {
            let trial = try await Trial.run(["g": body])
            #expect(try trial.verdict("g") == "inconclusive")
            let codes = try trial.codes("g")
            #expect(codes.contains(code), "\(codes)")
            #expect(trial.result.exitCode == .inconclusive)
        }

        @Test("a check that failed stays failed, whatever comes after it")
        func sticky() async throws {
            for rest in [
                "error('x')", "while true do end", "local t = {} while true do t[#t + 1] = ('x'):rep(1e5 // 1 | 0) end",
            ] {
                let trial = try await Trial.run(["g": failing + " " + rest]) { $0.gateTimeout = .seconds(1) }
                #expect(try trial.verdict("g") == "fail")
                #expect(trial.result.exitCode == .fail)
            }
        }

        @Test(
            "a hostile gate ends in time, alone, and is no pass",
            arguments: [
                ("while true do end", "deadline"), ("while true do pcall(error) end", "deadline"),
                ("local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end", "memory"),
                ("local s = ('a'):rep(50) s:find(('.-'):rep(8) .. 'b')", "deadline"),
                ("ctx:sleep(9223372036854775807)", "deadline"), ("while true do ctx:sleep(0) end", "deadline"),
                ("while true do ctx.clock.now_ms() end", "deadline"),
                ("local function f() return f() + 1 end f()", ""),
                ("while true do ctx:subject { n = 1 } end", "limit"),
                ("while true do ctx:log('flood') end", "deadline"),
            ])
        func hostile(body: String, code: String) async throws {
            let start = ContinuousClock.now
            let trial = try await Trial.run(["a_hostile": passing + " " + body, "good": passing]) {
                $0.gateTimeout = code == "deadline" ? .milliseconds(500) : .seconds(20)
                $0.parallel = 1
            }
            #expect(start.duration(to: .now) < .seconds(60))
            #expect(try trial.verdict("a_hostile") == "inconclusive")
            let codes = try trial.codes("a_hostile")
            #expect(code.isEmpty || codes.contains(code), "\(codes)")
            #expect(try trial.verdict("good") == "pass")
            #expect(try trial.sink.verification().isOK)
        }

        @Test("the timeout of the command line beats the gate's own")
        func gateTimeout() async throws {
            let files = ["./gates/slow.lua": Trial.gate("slow", "ctx:sleep(600000)", keys: "timeout = '1h',")]
            let trial = try await Trial.run(files: files, words: ["slow"]) { $0.gateTimeout = .milliseconds(50) }
            #expect(try trial.codes("slow") == ["deadline", "vacuous"])
        }

        @Test("the timeout of the run ends a gate, and those after it do not start")
        func runTimeout() async throws {
            let trial = try await Trial.run(["a": "ctx:sleep(600000)", "b": passing]) {
                $0.gateTimeout = .seconds(600)
                $0.timeout = .milliseconds(100)
                $0.parallel = 1
            }
            #expect(try trial.codes("a").first == "deadline")
            #expect(try trial.codes("b") == ["deadline"])
            #expect(try trial.lines("gate_started", gate: "b").isEmpty)
            #expect(try trial.end("b")["attempts"] == 0)
            #expect(trial.result.exitCode == .inconclusive)
        }

        @Test("fail-fast: what has not begun when a gate fails is skipped")
        func failFast() async throws {
            let trial = try await Trial.run(["a": undecided, "b": failing, "c": passing]) {
                $0.failFast = true
                $0.parallel = 1
            }
            #expect(try trial.codes("c") == ["fail_fast"])
            #expect(try trial.verdict("b") == "fail")
            #expect(trial.result.verdict.counts.skipped == 1)
            #expect(trial.result.exitCode == .fail)
        }

        @Test("a gate whose need did not pass, or is not part of the run, is skipped")
        func needs() async throws {
            let plan = """
                return { gates = {
                  { gate = "last", needs = { "middle" } }, { gate = "middle", needs = { "first" } }, { gate = "first" },
                  { gate = "free", needs = { "good" } }, { gate = "good" },
                } }
                """
            let gates = ["first": undecided, "middle": passing, "last": passing, "good": passing, "free": passing]
            let trial = try await Trial.run(gates, files: ["plan.lua": plan], words: []) { $0.planFile = "plan.lua" }
            #expect(try trial.codes("middle") == ["needs"])
            #expect(try trial.codes("last") == ["needs"])
            #expect(try trial.verdict("free") == "pass")
            #expect(trial.result.verdict.counts.skipped == 2)
            let part = try await Trial.run(gates, files: ["plan.lua": plan], words: ["free"]) {
                $0.planFile = "plan.lua"
            }
            #expect(try part.codes("free") == ["needs"])
            #expect(part.result.exitCode == .inconclusive)
        }

        @Test("as many gates run at a time as are allowed")
        func parallel() async throws {
            let gates = Dictionary(uniqueKeysWithValues: (0..<6).map { ("g\($0)", "ctx:sleep(100) " + passing) })
            func most(_ parallel: Int) async throws -> Int {
                let running = Guarded((now: 0, most: 0))
                _ = try await Trial.run(
                    gates,
                    recorder: Recorder { event in
                        running.withLock { running in
                            switch event {
                            case .gateStarted:
                                running.now += 1
                                running.most = max(running.most, running.now)
                            case .gateFinished: running.now -= 1
                            default: break
                            }
                        }
                    }
                ) { $0.parallel = parallel }
                return running.withLock { $0.most }
            }
            #expect(try await most(1) == 1)
            #expect(try await most(3) == 3)
        }

        @Test("evidence that cannot be written ends the run, and is never a pass", arguments: [0, 1, 3, 5])
        func fullDisk(room: Int) async throws {
            let trial = try await Trial.run(["a": passing, "b": passing], sink: MemorySink(room: room)) {
                $0.parallel = 1
            }
            #expect(trial.result.exitCode == .evidenceLost)
            #expect(trial.result.head == nil)
            #expect(trial.result.evidenceProblem != nil)
            #expect(!trial.sink.text.contains("run_finished"))
        }

        @Test("a secret of the command line is not in the evidence, whatever cluster it is for")
        func secrets() async throws {
            let jaas =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"c4n4ry-2\";"
            let trial = try await Trial.run(["good": passing + " ctx:log('c4n4ry-1 and c4n4ry-2')"]) {
                $0.properties = [
                    .init(side: .source, key: "sasl.password", value: "c4n4ry-1"),
                    .init(side: .target, key: "sasl.jaas.config", value: jaas),
                ]
                $0.argv = [
                    "sluice", "run", "-X", "source.sasl.password=c4n4ry-1", "-X", "target.sasl.jaas.config=\(jaas)",
                ]
            }
            #expect(trial.result.exitCode == .pass)
            #expect(!trial.sink.text.contains("c4n4ry"))
        }
    }
}

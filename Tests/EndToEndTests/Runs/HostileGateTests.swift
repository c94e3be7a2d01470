import Foundation
import Testing

/// Gates that mean harm, in one run with one that does not: each ends by its deadline, none passes, and the process and
/// the next gate go on.
@Suite struct HostileGateTests {
    /// The verdict that each has to earn; beside them runs one gate that passes.
    private struct Gate {
        let name: String
        /// Any of these codes; empty: any but a pass.
        let codes: Set<String>
        let body: String
        let verdict: String

        init(_ name: String, _ codes: Set<String>, verdict: String = "inconclusive", _ body: String) {
            (self.name, self.codes, self.verdict, self.body) = (name, codes, verdict, body)
        }
    }

    private static let endless: [Gate] = [
        Gate("spin", ["deadline"], "while true do end"),
        Gate("goto_spin", ["deadline"], "::top:: goto top"),
        Gate("for_maxint", ["deadline"], "for i = 1, math.maxinteger do end"),
        Gate("pcall_spin", ["deadline"], "while true do pcall(function() while true do end end) end"),
        Gate(
            "env_index_spin", ["deadline"],
            "local _ENV = setmetatable({}, { __index = function() while true do end end }) return x"),
        Gate(
            "tostring_meta_spin", ["deadline"],
            "return tostring(setmetatable({}, { __tostring = function() while true do end end }))"),
        Gate("sort_cmp_spin", ["deadline"], "table.sort({ 3, 2, 1 }, function() while true do end end)"),
        Gate("pcall_chain", ["deadline"], "local function f(n) while true do pcall(f, n + 1) end end f(1)"),
        Gate("pattern_exp", ["deadline"], "return (('x'):rep(50)):find(('.-'):rep(8) .. 'b')"),
        Gate("pattern_2000", ["deadline"], "return (('a'):rep(2000)):find(('a*'):rep(12) .. 'b')"),
        Gate(
            "gsub_quadratic", ["deadline"], "local s = ('x'):rep(200000) while true do s:gsub('x*y', '') end"),
        Gate(
            "plain_find", ["deadline"],
            "local a = ('a'):rep(1000000):rep(16) return a:find(('a'):rep(1000000):rep(8) .. 'b', 1, true)"),
        Gate(
            "concat_loop", ["deadline"],
            "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(20000) end while true do local s = table.concat(t) end"),
        Gate("sleep_long", ["deadline"], "ctx:subject { a = 1 }:equal('one', 1, 1) ctx:sleep(3600000)"),
        Gate("log_flood", ["deadline"], "while true do ctx:log(('x'):rep(2000)) end"),
    ]

    private static let refused: [Gate] = [
        Gate("xpcall_handler_spin", ["script_error"], "local function f() while true do end end xpcall(f, f)"),
        Gate("load_binary", ["script_error"], "return load('\\27Lua')"),
        Gate("string_dump", ["script_error"], "return string.dump(function() end)"),
        Gate("require_io", ["script_error"], "return require('io')"),
        Gate("os_execute", ["script_error"], "return os.execute('true')"),
        Gate("debug_registry", ["script_error"], "return debug.getregistry()"),
        Gate("coroutine_nest", ["script_error"], "return coroutine.wrap(function() end)()"),
        Gate(
            "gc_spin", ["script_error"],
            "setmetatable({}, { __gc = function() while true do end end }) while true do end"),
        Gate(
            "close_spin", ["script_error"],
            "local x <close> = setmetatable({}, { __close = function() while true do end end })"),
        Gate(
            "table_insert_len", ["script_error"],
            "table.insert(setmetatable({}, { __len = function() return 1 << 62 end }), 1, 1)"),
        Gate("table_move_raw", ["script_error"], "table.move({}, 1, 1 << 62, 2)"),
        Gate("pattern_depth", ["script_error", "deadline"], "return (('x'):rep(300000)):find(('x?'):rep(300000))"),
        Gate("rep_2_40", ["script_error"], "return ('x'):rep(1 << 40)"),
        Gate("unpack_1e7", ["script_error"], "return table.unpack({}, 1, 10000000)"),
        Gate("rep_double", ["memory"], "local s = 'x' while true do s = s:rep(2) end"),
        Gate("mem_flood", ["memory"], "local t = {} for i = 1, math.maxinteger do t[i] = { i } end"),
        Gate("error_30mb", ["memory", "script_error"], "error(('x'):rep(1000000):rep(30))"),
        // Filling 64 MiB of stack may take a busy machine longer than the deadline.
        Gate("recursion", ["memory", "script_error", "deadline"], "local function f() return 1 + f() end return f()"),
        Gate(
            "gsub_recursion", ["script_error"],
            "local function f(s) return (s:gsub('x', f)) end return f('x')"),
        Gate(
            "pcall_recursion", ["script_error"],
            "local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()"),
        Gate(
            "tape_dag", ["script_error", "memory", "unknown_value", "limit"],
            "local t = { 1 } for i = 1, 24 do t = { t, t } end ctx:subject { a = 1 }:equal('x', 1, 1, t)"),
        Gate("div_zero", ["script_error"], "return 1 // 0"),
        Gate("global_write", ["script_error"], "answer = 42"),
        Gate("undeclared_read", ["script_error"], "return anwser"),
    ]

    /// A pass that was not earned.
    private static let hunters: [Gate] = [
        Gate("nan_lag", ["unknown_value"], "ctx:subject { a = 1 }:at_most('lag', 0 / 0, 10)"),
        Gate("nan_limit", ["unknown_value"], "ctx:subject { a = 1 }:at_most('lag', 5, 0 / 0)"),
        Gate("nil_lag", ["unknown_value"], "ctx:subject { a = 1 }:at_most('lag', nil, 10)"),
        Gate("empty_set", ["vacuous"], "for _, p in ipairs {} do ctx:subject { p = p }:at_most('lag', p, 10) end"),
        Gate("no_checks", ["unobserved_subject"], "ctx:subject { a = 1 }"),
        Gate("return_true_only", ["vacuous"], "return true"),
        Gate(
            "error_after_pass", ["script_error"],
            "ctx:subject { a = 1 }:at_most('lag', 5, 10) error('and then this')"),
        Gate(
            "error_after_fail", [], verdict: "fail",
            "ctx:subject { a = 1 }:at_most('lag', 50, 10) error('and then this')"),
        Gate(
            "swallowed_check", ["script_error", "unknown_value", "unobserved_subject"],
            "ctx:subject { a = 1 }:equal('one', 1, 1) pcall(function() ctx:subject { b = 1 }:at_most('lag', {}, 10) end)"
        ),
    ]

    @Test("Scripts without an end are ended by the gate's timeout", .timeLimit(.minutes(2)))
    func endless() async throws { try await run(Self.endless, gateTimeout: 1) }

    @Test("Scripts that reach for what is not theirs end in an error", .timeLimit(.minutes(2)))
    func refused() async throws { try await run(Self.refused, gateTimeout: 30) }

    @Test("A pass is earned by checks of what was observed, and by nothing else")
    func hunters() async throws { try await run(Self.hunters, gateTimeout: 30) }

    @Test(
        "A failed read that the script swallowed is no pass",
        .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
    func swallowedReadError() async throws {
        let bodies = [
            Gate(
                "swallowed_read_error", ["unacknowledged_read", "UNKNOWN_TOPIC_OR_PARTITION"],
                """
                ctx:subject { a = 1 }:equal('one', 1, 1)
                for _, t in ipairs(ctx.source:topics { names = { 'nowhere' } }) do local name = t.error end
                """),
            Gate(
                "swallowed_by_pcall", ["unacknowledged_read", "UNKNOWN_TOPIC_OR_PARTITION"],
                """
                ctx:subject { a = 1 }:equal('one', 1, 1)
                pcall(function()
                  for _, t in ipairs(ctx.source:topics { names = { 'nowhere' } }) do local n = #t.partitions end
                end)
                """),
            Gate(
                "never_looked_at", ["unacknowledged_read", "UNKNOWN_TOPIC_OR_PARTITION"],
                """
                ctx:subject { a = 1 }:equal('one', 1, 1)
                ctx.source:topics { names = { 'nowhere' } }
                """),
        ]
        try await run(bodies, gateTimeout: 30, source: SharedKafka.source.bootstrap)
    }

    private func run(_ gates: [Gate], gateTimeout: Int64, source: String? = nil) async throws {
        let folder = try TemporaryFolder("hostile")
        var paths: [String] = []
        for gate in gates { paths.append(try folder.write(Self.file(gate, source), to: "\(gate.name).lua")) }
        let honest = Gate("honest", [], "ctx:subject { a = 1 }:equal('one', 1, 1)")
        paths.append(try folder.write(Self.file(honest, nil), to: "honest.lua"))
        let run = try await SluiceCommand.gates(
            paths, source: source, ["--gate-timeout", "\(gateTimeout)s", "--parallel", "2"], deadline: .seconds(110))
        let expected: Int32 = gates.contains { $0.verdict == "fail" } ? 1 : 2
        #expect(run.exitCode == expected, "\(run.errors)")
        let evidence = try run.evidence
        for gate in gates {
            #expect(evidence.verdict(of: gate.name) == gate.verdict, "\(gate.name)")
            let codes = Set(evidence.reasons(of: gate.name))
            #expect(gate.codes.isEmpty || !codes.isDisjoint(with: gate.codes), "\(gate.name): \(codes)")
            let took = evidence.of("gate_finished", gate: gate.name).first?["duration_us"].integer ?? .max
            #expect(took <= (gateTimeout + 2) * 1_000_000, "\(gate.name) took \(took) µs")
        }
        #expect(evidence.verdict(of: "honest") == "pass")
        #expect(evidence.of("run_finished").first?["gates"]["pass"] == 1)
    }

    private static func file(_ gate: Gate, _ source: String?) -> String {
        """
        return {
          name = "\(gate.name)", summary = "s", phase = "preflight", clusters = { \(source == nil ? "" : "\"source\"") },
          run = function(ctx)
        \(gate.body)
          end,
        }
        """
    }
}

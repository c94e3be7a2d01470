import Agent
import Evidence
import Foundation
import HostSystem
import Secrets
import Testing

@Suite("GateLint")
struct GateLintTests {
    private static func findings(_ text: String) async throws -> [CheckFinding] {
        let host = FakeHost(["g.lua": text])
        let environment = AgentEnvironment(
            host: host.system, secrets: SecretRegistry(), clock: .system, version: "9")
        return try await Agent(environment).check(["g.lua"])
    }

    /// `SL104:2` of each finding, in the order told.
    private static func codes(_ text: String) async throws -> [String] {
        try await findings(text).map { "\($0.code):\($0.line ?? 0)" }
    }

    /// A gate of both clusters with two arguments, all of them used, and one check; `body` begins on line 8.
    private static func gate(_ body: String, before: String = "", clusters: String = #"{ "source", "target" }"#)
        -> String
    {
        """
        \(before)
        return {
          name = "g", summary = "s", phase = "preflight", clusters = \(clusters), args = {
            groups = { type = "string[]", default = {}, doc = "d" }, limit = { type = "integer", default = 0, doc = "d" } },
          run = function(ctx)
            local s = ctx:subject { n = #ctx.args.groups, source = #ctx.source:acls {}, target = #ctx.target:acls {} }
            s:at_most("n", 1, ctx.args.limit)
        \(body)
          end,
        }
        """
    }

    private static let tests = TestApi(
        root: "world",
        kinds: [
            "world": .init(fields: ["source": "the source"], methods: ["run": "the result"]),
            "the source": .init(methods: ["topic": String?.none]),
            "the result": .init(fields: ["verdict": String?.none], methods: ["passes": String?.none]),
        ])

    private static func tested(_ text: String, beside gate: String? = "return { run = 1 }") async throws -> [String] {
        let host = FakeHost(["g_test.lua": text].merging(gate.map { ["g.lua": $0] } ?? [:]) { first, _ in first })
        let environment = AgentEnvironment(
            host: host.system, secrets: SecretRegistry(), clock: .system, version: "9")
        return try await Agent(environment).check(["g_test.lua"], tests: tests)
            .map { "\($0.code):\($0.line ?? 0) \($0.message)" + ($0.hint.map { "; \($0)" } ?? "") }
    }

    @Test("a test is linted as a gate is, and world is known")
    func ofTests() async throws {
        #expect(
            try await Self.tested(
                """
                local function filled(world) world.source:topic("orders") end
                return {
                  ["passes"] = function(world)
                    filled(world)
                    local result = world:run { limit = 10 }
                    result:passes()
                    assert(result.verdict == "pass")
                  end,
                }
                """) == [])
        let found = try await Self.tested(
            """
            local unused = 1
            local function filled(world) world.source:topics("orders") end
            return {
              ["passes"] = function(world)
                filled(world)
                world.tagret:topic("orders")
                world:run({}):pases()
                world.run({})
                nope()
                local limit = 1e3
                return limit, world:run({}).verdct
              end,
              first = function(w) w:runs() end, -- sluice:allow SL105 to show that it is refused
            }
            """)
        #expect(
            found == [
                "SL207:1 nothing uses the variable 'unused'",
                "SL105:2 the source has no method 'topics'; did you mean 'topic'?",
                "SL105:6 world has no 'tagret'",
                "SL105:7 the result has no method 'pases'; did you mean 'passes'?",
                "SL105:8 'run' of world is called with a colon; write :run",
                "SL101:9 undeclared name 'nope'; did you mean 'type'?",
                "SL303:10 1e3 is a float: an integer that meets it loses what lies beyond 2^53; write 1000",
                "SL105:11 the result has no 'verdct'; did you mean 'verdict'?",
            ])
    }

    @Test("a test that is none is an error, and x_test.lua without x.lua is no test")
    func noTests() async throws {
        let stranger = try await Self.tested("return { limit = 1, run = function() end }")
        #expect(stranger == ["SL006:0 'limit' is no function; a test is one"])
        let empty = try await Self.tested("return {}")
        #expect(empty == ["SL006:0 there is no test in it; return functions, by what they show"])
        #expect(try await Self.tested("return { [").first?.hasPrefix("SL002") == true)
        let plan = try await Self.tested("return { name = 'a plan' }", beside: nil)
        #expect(plan.map { $0.prefix(5) } == ["SL401"])
    }

    @Test("a gate in which all is well has no findings")
    func clean() async throws {
        #expect(try await Self.codes(Self.gate("")).isEmpty)
    }

    @Test(
        "what a script gets wrong is found on its line",
        arguments: [
            ("for _ in ipars({}) do end", ["SL101"]), ("x = 1", ["SL101"]), ("math.random()", ["SL101"]),
            ("function f() end", ["SL101"]), ("local _ = string.len", []), ("local _ = _VERSION .. _ENV.x", ["SL101"]),
            ("return #ctx.source:lags {}", ["SL102"]), ("return ctx.source.lag", []),
            ("return ctx.source.lag { group = 'x' }", ["SL102"]), ("return ctx.source:as('b'):tpics {}", ["SL102"]),
            ("return ctx.source:lag { grup = 'x', group = 'y' }", ["SL103"]), ("return ctx.source:lag {}", ["SL103"]),
            ("return ctx.source:lag()", ["SL103"]), ("return ctx.source:lag 'x'", ["SL103"]),
            ("return ctx.source:lag { 'x', group = 'x' }", ["SL103"]),
            ("return ctx.source:lag({ group = 1 })", ["SL103"]),
            ("return ctx.source:lag { ['group'] = nil, isolation = 'dirty' }", ["SL103"]),
            ("return ctx.source:offsets { topics = 't', at = 7 }", []),
            ("return ctx.source:offsets { topics = 't', at = 7.5 }", ["SL103"]),
            ("for _, p in ipairs(ctx.source:lag { group = 'x' }) do s:equal('a', p.lagg, 1) end", ["SL104"]),
            ("local r = ctx.source:lag { group = 'x' }[1]; s:equal('a', r.start, r.error or r.none)", ["SL104"]),
            ("local l = ctx.source:lag { group = 'x' }; for i = 1, #l do s:equal('a', l[i].lagg, 1) end", ["SL104"]),
            ("s:equal('a', ctx.source:acls {}.error, 1)", ["SL104"]), ("ctx.clok.now_ms()", ["SL105"]),
            ("ctx.clock.now()", ["SL105"]), ("ctx:nots('x')", ["SL105"]), ("ctx.note('x')", ["SL105"]),
            ("s:atmost('x', 1, 2)", ["SL105"]), ("return ctx.args.group", ["SL106"]), ("return ctx.args['limit']", []),
            ("ctx:subject { a = 1 }", ["SL205"]), ("local t = ctx:subject { a = 1 }", ["SL205"]),
            ("ctx.source:topics {}", ["SL206"]), ("local rows = ctx.source:topics {}", ["SL206"]),
            ("local unused = 1", ["SL207"]), ("local _unused = 1", []), ("local function f() end", ["SL207"]),
            ("do return end s:equal('a', 1, 1)", ["SL208"]), ("error('x') s:equal('a', 1, 1)", ["SL208"]),
            ("if false then s:equal('a', 1, 1) end", ["SL208"]), ("while true do end s:equal('a', 1, 1)", ["SL208"]),
            ("while true do if s then break end end s:equal('a', 1, 1)", []),
            ("if s then return else error('x') end s:equal('a', 1, 1)", ["SL208"]),
            ("goto out; ::out:: s:equal('a', 1, 1)", []),
            ("s:at_most('a', ctx.source:lag { group = 'x' }[1].lag, 1.5)", ["SL301"]),
            ("local l = ctx.source:lag { group = 'x' }[1]; return l.end_offset - l.lag < 2.5", ["SL301"]),
            ("return #ctx.source:lag { group = 'x' } > 0.5", []), ("return 3 / 2", ["SL302"]),
            ("return 1e6", ["SL303"]),
            ("return 3 // 2 + 1.5 + 0x1E", []),
        ])
    func found(body: String, codes: [String]) async throws {
        #expect(try await Self.codes(Self.gate(body)) == codes.map { "\($0):8" }, "\(body)")
    }

    @Test("what is followed goes through functions, their parameters and their results")
    func functions() async throws {
        let helpers = """
            local function read(cluster, group) if group then return cluster:lag { group = group } end return nil end
            local function judge(ctx, p) ctx:subject { p = p.partition }:at_most("lag", p.lagg, ctx.args.limt) end
            local function all(ctx) for _, p in ipairs(read(ctx.source, "g") or {}) do judge(ctx, p) end end
            """
        let found = try await Self.codes(
            Self.gate("for _, p in ipairs(read(ctx.source, 'g')) do judge(ctx, p) end all(ctx)", before: helpers))
        #expect(found == ["SL104:2", "SL106:2"])
    }

    @Test("of a value that two different things flow into nothing is said")
    func conflict() async throws {
        let helper = "local function get(row) return row.lag end"
        let body = "s:equal('a', get(ctx.source:lag { group = 'x' }[1]), get(ctx.source:topics {}[1]))"
        #expect(try await Self.codes(Self.gate(body, before: helper)).isEmpty)
    }

    @Test("a cluster that is not declared, or not asked, is found")
    func clusters() async throws {
        #expect(try await Self.codes(Self.gate("", clusters: #"{ "source" }"#)) == ["SL107:6"])
        let unused = """
            return { name = "g", summary = "s", phase = "preflight", clusters = { "source", "target" }, effects = { "produce" },
              args = { a = { type = "string", doc = "d" }, b = { type = "string", doc = "d" } },
              run = function(ctx) ctx:subject { n = 1 }:equal("x", #ctx.source:acls {}, ctx.args.a) end }
            """
        #expect(try await Self.codes(unused) == ["SL202:1", "SL203:1", "SL201:2"])
        let chosen = """
            return { name = "g", summary = "s", phase = "preflight", clusters = { arg = "side" },
              args = { side = { type = "string", default = "source", values = { "source", "target" }, doc = "d" } },
              run = function(ctx) ctx:subject { n = 1 }:equal("x", #ctx[ctx.args.side]:acls {}, 1) end }
            """
        #expect(try await Self.codes(chosen).isEmpty)
    }

    @Test(
        "a gate without a check that run comes to is told that it cannot pass",
        arguments: [
            ("ctx:subject { n = 1 }:unknown('x', 'y')", "", true),
            ("", "local function f(s) s:equal('x', 1, 1) end", true),
            ("if nil then ctx:subject { n = 1 }:equal('x', 1, 1) end", "", true),
            ("f(ctx:subject { n = 1 })", "local function f(s) s:equal('x', 1, 1) end", false),
            ("pcall(f, ctx:subject { n = 1 })", "local function f(s) s:equal('x', 1, 1) end", false),
            ("t.f(ctx:subject { n = 1 })", "local t = { f = function(s) s:equal('x', 1, 1) end }", false),
            ("local t = { s = ctx:subject { n = 1 } } t.s:is_true('x', true)", "", false),
        ])
    func noCheck(body: String, before: String, isFound: Bool) async throws {
        let text =
            "\(before)\nreturn { name = 'g', summary = 's', phase = 'preflight', run = function(ctx) \(body) end }"
        #expect(try await Self.codes(text).contains("SL204:2") == isFound)
    }

    @Test("a comment with a reason allows a finding on its line or the next, and is told where nothing needs it")
    func suppression() async throws {
        let body = """
            local a = 1 / 2 -- sluice:allow SL302 a rate
            -- sluice:allow SL302 another rate

            local b = 3 / 4
            local c = 5 / 6 -- sluice:allow SL303 the wrong one
            local d = a + b + c -- sluice:allow SL207
            local e = 1 -- sluice:allow SL299 no such code
            return e -- sluice:allow SL002 cannot be
            """
        #expect(
            try await Self.codes(Self.gate(body)) == [
                "SL302:12", "SL207:13", "SL901:13", "SL901:14", "SL901:15", "SL902:12",
            ])
    }

    @Test("each finding names what was meant where that is near")
    func hints() async throws {
        func hint(_ body: String) async throws -> String? { try await Self.findings(Self.gate(body)).first?.hint }
        #expect(try await hint("return ctx.source:lagg {}") == "did you mean 'lag'?")
        #expect(try await hint("return ctx.source:lag { gruop = 1, group = 'x' }") == "did you mean 'group'?")
        #expect(try await hint("return ctx.source:lag { group = 'x' }[1].end_ofset") == "did you mean 'end_offset'?")
        #expect(try await hint("return ctx.args.limits") == "did you mean 'limit'?")
        #expect(try await hint("return tostrin(s)") == "did you mean 'tostring'?")
        #expect(try await hint("ctx:notes('x')") == "did you mean 'note'?")
        #expect(try await hint("local group = 1; return grup .. group") == "did you mean 'group'?")
    }

    @Test("every primitive, parameter, field and member of ctx that there is, is known")
    func registry() async throws {
        for primitive in Primitive.all {
            let parameters = primitive.parameters.map { "\($0.name) = _" }.joined(separator: ", ")
            let fields = primitive.fields.map { "r.\($0.name)" }.joined(separator: ", ")
            let body = "local _ = nil; local r = ctx.source:\(primitive.name) { \(parameters) }[1]; return \(fields)"
            #expect(try await Self.codes(Self.gate(body)).isEmpty, "\(primitive.name)")
        }
        let all =
            "ctx:log(ctx.json.encode(ctx.json.decode('1')) .. ctx.clock.now_ms() .. ctx.map.topic('a') .. ctx.map.group('b'))"
        #expect(
            try await Self.codes(
                Self.gate(all + " ctx:sleep(1) ctx:note('x') return ctx.plan.facts, ctx.source.principals")
            ).isEmpty)
    }

    @Test("expressions nested beyond reason are an error, not a pass")
    func deep() async throws {
        let sum = (0..<2_000).map(String.init).joined(separator: " + ")
        #expect(try await Self.codes(Self.gate("return " + sum)) == ["SL005:8"])
        let fair = (0..<200).map(String.init).joined(separator: " + ")
        #expect(try await Self.codes(Self.gate("return " + fair)).isEmpty)
    }

    @Test("a mistake in the manifest does not hide those of the script")
    func both() async throws {
        let text =
            "return { name = 'g', phase = 'preflight',\nrun = function(ctx) x = 1 ctx:subject { n = 1 }:equal('a', 1, 1) end }"
        #expect(try await Self.codes(text).map { $0.prefix(5) } == ["SL003", "SL101"])
    }

    @Test("codes are unique, and each has a meaning")
    func rules() {
        #expect(Set(LintRule.allCases.map(\.meaning)).count == LintRule.allCases.count)
        for rule in LintRule.allCases { #expect(rule.code.hasPrefix("SL") && rule.code.count == 5) }
    }
}

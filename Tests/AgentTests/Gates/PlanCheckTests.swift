import Agent
import Evidence
import HostSystem
import Secrets
import Testing

@Suite("PlanCheck")
struct PlanCheckTests {
    private static let gate = Trial.gate(
        "g", passing,
        keys: """
            args = { names = { type = 'string[]', required = true }, max_lag = { type = 'integer', min = 0 },
              quiet = { type = 'duration' } },
            """)

    private func environment(_ path: String, _ text: String) -> AgentEnvironment {
        let host = FakeHost([
            path: text, "./gates/g.lua": Self.gate, "./own.lua": Trial.gate("own", passing),
            "./reads.lua": Trial.gate("reads", passing, keys: "clusters = { 'source' },"),
            "./broken.lua": "return { name = 'broken' }",
        ])
        return AgentEnvironment(host: host.system, secrets: SecretRegistry(), clock: .system, version: "9")
    }

    private func check(_ path: String, _ text: String) async throws -> [CheckFinding] {
        try await Agent(environment(path, text)).check([path])
    }

    /// `LINE CODE MESSAGE; HINT` of each finding.
    private func told(_ path: String, _ text: String) async throws -> [String] {
        try await check(path, text).map { finding in
            let hint = finding.hint.map { "; \($0)" } ?? ""
            return "\(finding.line ?? 0) \(finding.code) \(finding.message)\(hint)"
        }
    }

    @Test("a plan with nothing amiss has no findings")
    func clean() async throws {
        let text = """
            return {
              source = { bootstrap = { "a:9092", "[::1]:9092" } }, target = { bootstrap = "${env:TARGET}" },
              contracts = { billing = { max_redelivery = 0, restart = "translated", owner = "team-a" } },
              gates = {
                { gate = "g", args = { names = { "a" }, max_lag = 0, quiet = "3s" } },
                { gate = "./own.lua", needs = { "g" } },
              },
            }
            """
        #expect(try await told("p.lua", text) == [])
    }

    @Test("each argument that a gate does not take has its line and the nearest name")
    func arguments() async throws {
        let text = """
            return {
              gates = {
                { gate = "g",
                  args = {
                    names = { "a", 7 },
                    max_lagg = 0,
                    quiet = "3 days",
                  } },
                { gate = "g", id = "again", args = { names = { "a" },
                  max_lag = -1 } },
                { gate = "./own.lua", args = { n = 1 } },
              },
            }
            """
        let found = try await told("p.lua", text)
        #expect(found.count == 5, "\(found)")
        let starts = [
            "6 SL004 gates[1].args.max_lagg: gate g has no such argument; did you mean \"max_lag\"?",
            "5 SL004 gates[1].args.names[2]: expected string, found integer",
            "7 SL004 gates[1].args.quiet: \"3 days\" is not ",
            "10 SL004 gates[2].args.max_lag: -1 is below the minimum of 0",
            "11 SL004 gates[3].args.n: gate own has no such argument; the gate has no arguments",
        ]
        for (line, start) in zip(found, starts) { #expect(line.hasPrefix(start), "\(line)") }
    }

    @Test("a required argument that is missing is a warning: --set may give it")
    func required() async throws {
        let found = try await check("p.json", "{\"gates\":[\n{\"gate\":\"g\"}]}")
        #expect(found.map(\.code) == ["SL402"] && found.map(\.level) == [.warning])
        #expect(found.first?.line == 2)
        #expect(found.first?.message == "gates[1].args.names: missing")
        #expect(found.first?.hint == "give --set g.names=… or args in the plan")
    }

    @Test("each gate that is not there, or is no gate, has its line")
    func gates() async throws {
        let text = "{\"gates\":[\n{\"gate\":\"gg\"},\n{\"gate\":\"./no.lua\"},\n{\"gate\":\"./broken.lua\"}\n]}"
        let found = try await told("p.json", text)
        #expect(found.count == 3, "\(found)")
        #expect(found.first == "2 SL004 gates[1].gate: no gate \"gg\" was found; did you mean \"g\"?")
        #expect(found.dropFirst().first?.hasPrefix("3 SL004 gates[2].gate: ./no.lua: ") == true)
        #expect(found.last?.hasPrefix("4 SL004 gates[3].gate: ./broken.lua: ") == true)
    }

    @Test("a plan without gates is a warning: the command line may name them")
    func noGates() async throws {
        let found = try await check("p.json", "{}")
        #expect(found.map(\.code) == ["SL401"] && found.map(\.level) == [.warning])
    }

    @Test("addresses that cannot be read are errors, settings that nothing uses warnings")
    func clusters() async throws {
        let text = """
            return {
              source = {
                bootstrap = "a:1:2" },
              target = { bootstrap = { "b:1",
                  "c" },
                registry = "https://sr",
                connect = "https://connect" },
              gates = { { gate = "./own.lua" } },
            }
            """
        #expect(
            try await told("p.lua", text) == [
                "3 SL004 source.bootstrap: \"a:1:2\" has more than one colon; an IPv6 address is written [::1]:9092",
                "4 SL004 target.bootstrap: \"c\" has no port; write host:port, e.g. broker-1:9092",
                "6 SL403 target.registry: nothing uses it yet", "7 SL403 target.connect: nothing uses it yet",
            ])
    }

    @Test("a contract's max_redelivery is a count, and a fact that is nearly called so is a warning")
    func contracts() async throws {
        let plan = { (facts: String) in
            "return {\n contracts = { billing = {\n \(facts) } },\n gates = { { gate = './own.lua' } } }"
        }
        let text = try await told("p.lua", plan("max_redelivery = '100'"))
        #expect(text == ["3 SL004 contracts.billing.max_redelivery: expected integer, found string"])
        #expect(try await told("p.lua", plan("max_redelivery = -1")).map { $0.prefix(7) } == ["3 SL004"])
        #expect(
            try await told("p.lua", plan("max_redelivry = 100")) == [
                "3 SL404 contracts.billing.max_redelivry: no such fact is known; did you mean \"max_redelivery\"?"
            ])
    }

    @Test("a plan with a function in it is an error")
    func functions() async throws {
        let found = try await told("p.lua", "return {\n name = function() end,\n gates = { { gate = './own.lua' } } }")
        #expect(found == ["2 SL004 name: is a function; a plan is data alone"])
    }

    @Test(
        "what plan and run refuse of a plan has its line as well",
        arguments: [
            ("return {\n gate = {} }", "p.lua:2: gate: unknown key"),
            ("return { gates = {\n { gate = 'gg' } } }", "p.lua:2: gates[1]: no gate \"gg\" was found"),
            (
                "return { gates = { { gate = './own.lua' },\n { gate = 'g', args = { names = { 'a' },\n max_lagg = 0 } } } }",
                "p.lua:3: gate g: args.max_lagg: gate g has no such argument"
            ),
            ("return { gates = {\n { gate = 'g' } } }", "p.lua:2: gate g: args.names: missing"),
            (
                "return {\n source = {\n bootstrap = 'a:1:2' }, gates = { { gate = './reads.lua' } } }",
                "p.lua:3: source: source.bootstrap bootstrap.servers: \"a:1:2\" has more than one colon"
            ),
        ])
    func prepared(text: String, start: String) async throws {
        var request = RunRequest()
        request.planFile = "p.lua"
        let agent = Agent(environment("p.lua", text))
        let error = await #expect(throws: AgentError.self) { _ = try await agent.prepare(request) }
        #expect(error?.message.hasPrefix(start) == true, "\(error?.message ?? "")")
    }
}

import Agent
import Evidence
import Gate
import HostSystem
import Secrets
import Testing

@Suite("FileCheck")
struct FileCheckTests {
    private func check(_ path: String, _ text: String) async throws -> [CheckFinding] {
        let host = FakeHost([path: text, "./gates/h.lua": Trial.gate("h", passing)])
        let environment = AgentEnvironment(
            host: host.system, secrets: SecretRegistry(), clock: .system, version: "9")
        return try await Agent(environment).check([path])
    }

    @Test("good gates and plans have no findings")
    func clean() async throws {
        #expect(try await check("g.lua", Trial.gate("g", passing)).isEmpty)
        #expect(try await check("p.lua", "return { gates = { { gate = 'h' } } }").isEmpty)
        #expect(try await check("p.json", #"{"gates":[{"gate":"h"}]}"#).isEmpty)
    }

    @Test("a mistake of syntax has its line")
    func syntax() async throws {
        let found = try await check("g.lua", "return {\n  name = 'g'\n  summary = 'x'\n}")
        #expect(found.map(\.code) == ["SL002"])
        #expect(found.first?.line == 3)
    }

    @Test(
        "a mistake in a plan has its line, however it is written",
        arguments: [
            ("return {\n name = 'x',\n gate = {},\n}", 3, "gates"),
            (
                "local t = { 1,\n 2 }\nreturn {\n gates = {\n  { gate = 'a' },\n  { gate = 'b',\n    arg = {} },\n } }",
                7, "args"
            ),
            ("return {\n ['sorce'] = { bootstrap = 'x' } }", 2, "source"),
            ("--[[ {\n ]]\nreturn { -- {\n gates = { { gate = [[\na]],\n needs = 7 } } }", 6, ""),
            ("return {\n gates = { {\n id = 'x' } } }", 2, ""),
        ])
    func planLines(text: String, line: Int, hint: String) async throws {
        let found = try await check("p.lua", text)
        #expect(found.map(\.code) == ["SL004"])
        #expect(found.first?.line == line, "\(found)")
        #expect(hint.isEmpty || found.first?.hint?.contains(hint) == true)
    }

    @Test("a mistake in a plan of JSON has its line")
    func jsonLines() async throws {
        let found = try await check(
            "p.json", "{\n \"name\": \"x\",\n \"gates\": [\n {\"gate\": \"a\"},\n {\"gat\": 1}\n ]\n}")
        #expect(found.first?.line == 5)
        #expect(found.first?.hint == "did you mean \"gate\"?")
        let broken = try await check("p.json", "{\n\"gates\":[}")
        #expect(broken.map(\.code) == ["SL002"] && broken.map(\.line) == [2])
        #expect(broken.first?.message.hasPrefix("column 10: ") == true, "\(broken)")
    }

    @Test("a mistake in a manifest has its line, also behind functions")
    func manifestLines() async throws {
        let text = """
            local function help(a) if a then return { 1, 2 } end return nil end
            return {
              run = function(ctx) for i = 1, 2 do help({ i, i }) end end,
              name = "g", summary = "s", phase = "preflight",
              args = {
                limit = { type = "integr" },
              },
            }
            """
        let found = try await check("g.lua", text)
        #expect(found.first?.code == "SL003")
        #expect(found.first?.line == 6)
    }

    @Test("a file that is missing is an exit code, one that may not be read a finding")
    func missing() async throws {
        var host = FakeHost()
        host.locked = ["l.lua"]
        let agent = Agent(
            AgentEnvironment(host: host.system, secrets: SecretRegistry(), clock: .system, version: "9"))
        #expect(try await agent.check(["l.lua"]).map(\.code) == ["SL001"])
        await #expect(throws: AgentError.self) { try await agent.check(["no.lua"]) }
    }
}

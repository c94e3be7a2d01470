import Agent
import Evidence
import Gate
import HostSystem
import Secrets
import Testing
import Value

@Suite("Finding gates")
struct GateFinderTests {
    private func agent(_ host: FakeHost) -> Agent {
        Agent(AgentEnvironment(host: host.system, secrets: SecretRegistry(), clock: .system, version: "9"))
    }

    private func found(_ host: FakeHost, _ words: [String] = []) async throws -> [String] {
        try await agent(host).gates(matching: words).map(\.path)
    }

    @Test("gates are looked for here, in SLUICE_GATES and beside the binary, subfolders included")
    func folders() async throws {
        var host = FakeHost([
            "./gates/a.lua": Trial.gate("a", passing), "./gates/deep/er/b.lua": Trial.gate("b", passing),
            "/one/c.lua": Trial.gate("c", passing), "/two/d.lua": Trial.gate("d", passing),
            "/opt/bin/../share/sluice/gates/e.lua": Trial.gate("e", passing), "./elsewhere/f.lua": "return 1",
        ])
        host.variables = ["SLUICE_GATES": "/one:/two:/none"]
        host.binary = "/opt/bin/sluice"
        #expect(
            try await found(host) == [
                "./gates/a.lua", "./gates/deep/er/b.lua", "/one/c.lua", "/two/d.lua",
                "/opt/bin/../share/sluice/gates/e.lua",
            ])
    }

    @Test("tests, LuaCATS files and hidden files are no gates; a gate named like a test is one")
    func others() async throws {
        let host = FakeHost([
            "./gates/a.lua": Trial.gate("a", passing), "./gates/a_test.lua": "return",
            "./gates/meta/x.d.lua": "---@meta",
            "./gates/.hidden.lua": "no", "./gates/decode_test.lua": Trial.gate("decode_test", passing),
            "./gates/notes.txt": "x",
        ])
        #expect(try await found(host) == ["./gates/a.lua", "./gates/decode_test.lua"])
    }

    @Test("a broken file does not hide the others, and is listed with what is wrong")
    func broken() async throws {
        let host = FakeHost(["./gates/a.lua": Trial.gate("a", passing), "./gates/z.lua": "return {"])
        let all = try await agent(host).gates(matching: [])
        #expect(all.map(\.path) == ["./gates/a.lua", "./gates/z.lua"])
        #expect(try await found(host, ["a"]) == ["./gates/a.lua"])
        if case .success = try #require(all.last).manifest { Issue.record("a broken file passed for a gate") }
    }

    @Test("one name with different bytes is an error that names both; with the same bytes it is one gate")
    func twice() async throws {
        var host = FakeHost(["./gates/a.lua": Trial.gate("a", passing), "/one/a.lua": Trial.gate("a", passing)])
        host.variables = ["SLUICE_GATES": "/one"]
        #expect(try await found(host, ["a"]) == ["./gates/a.lua"])
        host.files["/one/a.lua"] = Array(Trial.gate("a", failing).utf8)
        do throws(AgentError) {
            _ = try await agent(host).gate("a")
            Issue.record("one of two gates was chosen")
        } catch {
            #expect(error.exitCode == .badInput)
            #expect(error.message.contains("./gates/a.lua") && error.message.contains("/one/a.lua"))
        }
    }

    @Test("a gate says its name as one word in quotes, of either kind; a name put together is refused with a hint")
    func quotedName() async throws {
        let gate = Trial.gate("a", passing)
        try #require(gate.contains("\"a\""))
        var host = FakeHost(["./gates/b.lua": gate.replacing("\"a\"", with: "'a'")])
        #expect(try await agent(host).gate("a").path == "./gates/b.lua")
        for name in ["[[a]]", "('a'):sub(1) .. ''", "'' .. ('\\97')"] {
            host.files["./gates/b.lua"] = Array(gate.replacing("\"a\"", with: name).utf8)
            do throws(AgentError) {
                _ = try await agent(host).gate("./gates/b.lua")
                #expect(name.contains("'a'"))
            } catch {
                #expect(error.message.contains("./gates/b.lua") && error.message.contains("one word in quotes"))
                #expect(error.exitCode == .badInput)
            }
        }
    }

    @Test("a name that no file says is told by what is there: the nearest name, or the file that is no gate")
    func unknownName() async throws {
        let host = FakeHost(["./gates/a.lua": Trial.gate("alpha", passing), "./gates/beta.lua": "return {"])
        for (name, word) in [("alpa", "alpha"), ("beta", "./gates/beta.lua:1")] {
            do throws(AgentError) {
                _ = try await agent(host).gate(name)
                Issue.record("\(name) was found")
            } catch {
                #expect(error.message.contains(word), "\(error.message)")
            }
        }
    }

    @Test("selectors choose by phase and tag")
    func selectors() async throws {
        let host = FakeHost([
            "./gates/a.lua": Trial.gate("a", passing, keys: "tags = { 'x' },"),
            "./gates/b.lua": Trial.gate("b", passing, keys: "tags = { 'x', 'y' },"),
        ])
        #expect(try await found(host, ["tag:x", "and", "not", "tag:y"]) == ["./gates/a.lua"])
        #expect(try await found(host, ["phase:preflight"]).count == 2)
        #expect(try await found(host, ["b*"]) == ["./gates/b.lua"])
    }

    @Test("words select from a plan, by id, with the plan's arguments")
    func fromPlan() async throws {
        let args = "args = { n = { type = 'integer', default = 0 } },"
        let host = FakeHost([
            "./gates/a.lua": Trial.gate("a", passing, keys: args),
            "plan.lua":
                "return { gates = { { gate = 'a', args = { n = 1 } }, { gate = 'a', id = 'again', args = { n = 2 } } } }",
        ])
        var request = RunRequest()
        request.planFile = "plan.lua"
        request.words = ["again"]
        let steps = try await agent(host).prepare(request).steps
        #expect(steps.map(\.id) == ["again"])
        #expect(steps.first?.arguments.entries.map(\.value) == [2])
        #expect(steps.first?.isNamed == true)
        request.words = ["nothere"]
        await #expect(throws: AgentError.self) { try await agent(host).prepare(request) }
    }
}

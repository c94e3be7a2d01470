import Agent
import Evidence
import Gate
import HostSystem
import Secrets
import Testing
import Value

@Suite("Preparation")
struct PreparationTests {
    /// The exit code and message of what cannot start.
    private func refusal(
        _ files: [String: String] = [:], locked: Set<String> = [], _ change: (inout RunRequest) -> Void
    ) async throws -> AgentError? {
        var all = files
        all["./gates/quiet.lua"] = Trial.gate("quiet", passing)
        all["./gates/reads.lua"] = Trial.gate("reads", passing, keys: "clusters = { 'source' },")
        all["./gates/writes.lua"] = Trial.gate("writes", passing, keys: "effects = { 'produce' },")
        let args = "args = { limit = { type = 'integer', required = true, max = 5 } },"
        all["./gates/wants.lua"] = Trial.gate("wants", passing, keys: args)
        var host = FakeHost(all)
        host.locked = locked
        var request = RunRequest()
        change(&request)
        let environment = AgentEnvironment(
            host: host.system, secrets: SecretRegistry(), clock: .system, version: "9")
        do throws(AgentError) {
            _ = try await Agent(environment).prepare(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("what can start is not refused")
    func starts() async throws {
        #expect(try await refusal { $0.words = ["quiet"] } == nil)
    }

    @Test("64: no gate and no plan, a selector that does not parse, a cluster that nobody named")
    func usage() async throws {
        #expect(try await refusal { _ in }?.exitCode == .usage)
        #expect(try await refusal { $0.words = ["phase:", "and"] }?.exitCode == .usage)
        let clusterless = try await refusal { $0.words = ["reads"] }
        #expect(clusterless?.exitCode == .usage)
        #expect(clusterless?.message.contains("--source HOST:PORT") == true)
    }

    @Test("65: an unknown gate with the nearest name, a selection of nothing")
    func unknownGates() async throws {
        let unknown = try await refusal { $0.words = ["quite"] }
        #expect(unknown?.exitCode == .badInput)
        #expect(unknown?.message.contains("did you mean \"quiet\"?") == true)
        #expect(try await refusal { $0.words = ["tag:none"] }?.exitCode == .badInput)
    }

    @Test("65: a gate with a syntax error, a gate that hangs or floods while it is read")
    func badGates() async throws {
        for body in ["return {", "while true do end", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) end"] {
            let error = try await refusal(["./bad.lua": body]) { $0.words = ["./bad.lua"] }
            #expect(error?.exitCode == .badInput)
            #expect(error?.message.contains("bad.lua") == true)
        }
        let long = try await refusal(["./bad.lua": String(repeating: "-", count: 262_145)]) {
            $0.words = ["./bad.lua"]
        }
        #expect(long?.exitCode == .badInput)
    }

    @Test("a gate file of just the limit is read")
    func longestGate() async throws {
        let gate = Trial.gate("long", passing) + " --"
        let text = gate + String(repeating: "x", count: 262_144 - gate.utf8.count)
        #expect(try await refusal(["./long.lua": text]) { $0.words = ["./long.lua"] } == nil)
    }

    @Test("65: an argument that is missing, of the wrong type, out of bounds, or of no gate")
    func badArguments() async throws {
        for assignments in [[], ["limit=x"], ["limit=6"], ["limit=1", "limti=1"], ["limit"]] {
            let error = try await refusal {
                $0.words = ["wants"]
                $0.assignments = assignments
            }
            #expect(error?.exitCode == .badInput, "\(assignments)")
        }
        let good = try await refusal {
            $0.words = ["wants"]
            $0.assignments = ["wants.limit=5"]
        }
        #expect(good == nil)
    }

    @Test("65: a plan with an unknown key, a plan that names no gate, a plan that is code")
    func badPlans() async throws {
        for (text, part) in [
            ("return { gate = {} }", "did you mean \"gates\"?"), ("return { gates = {} }", "names no gate"),
            ("return { name = function() end }", "name is a function"),
            ("return { gates = { { gate = 'nothere' } } }", ""),
            ("return {", "plan.lua:1:"),
        ] {
            let error = try await refusal(["plan.lua": text]) { $0.planFile = "plan.lua" }
            #expect(error?.exitCode == .badInput)
            #expect(error?.message.contains("plan.lua") == true)
            #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        }
        #expect(try await refusal(["p.json": "{\"gates\":"]) { $0.planFile = "p.json" }?.exitCode == .badInput)
    }

    @Test("66: a plan, a gate, a configuration, an argument file or a principal's file that is not there")
    func missing() async throws {
        #expect(try await refusal { $0.planFile = "no.lua" }?.exitCode == .missingFile)
        #expect(try await refusal { $0.words = ["./no.lua"] }?.exitCode == .missingFile)
        let plan = ["plan.lua": "return { gates = { { gate = './no.lua' } } }"]
        #expect(try await refusal(plan) { $0.planFile = "plan.lua" }?.exitCode == .missingFile)
        let config = try await refusal {
            $0.words = ["reads"]
            $0.source.configFile = "no.properties"
        }
        #expect(config?.exitCode == .missingFile)
        let file = try await refusal {
            $0.words = ["quiet"]
            $0.assignmentFiles = ["no.json"]
        }
        #expect(file?.exitCode == .missingFile)
        let principal = try await refusal {
            $0.words = ["reads"]
            $0.source.bootstrap = "a:1"
            $0.principals = [.init(name: "billing", sourceFile: "no.properties", targetFile: nil)]
        }
        #expect(principal?.exitCode == .missingFile)
    }

    @Test("77: a file that may not be read, an effect that is not allowed")
    func notPermitted() async throws {
        #expect(try await refusal(locked: ["p.lua"]) { $0.planFile = "p.lua" }?.exitCode == .noPermission)
        #expect(try await refusal(locked: ["./g.lua"]) { $0.words = ["./g.lua"] }?.exitCode == .noPermission)
        let config = try await refusal(locked: ["c.properties"]) {
            $0.words = ["reads"]
            $0.source.configFile = "c.properties"
        }
        #expect(config?.exitCode == .noPermission)
        let effect = try await refusal { $0.words = ["writes"] }
        #expect(effect?.exitCode == .noPermission)
        #expect(effect?.message.contains("--allow produce") == true)
        let allowed = try await refusal {
            $0.words = ["writes"]
            $0.effects = [.produce]
        }
        #expect(allowed == nil)
    }

    @Test("78: a configuration that is wrong, a file it names that is missing, a password in clear")
    func badConfiguration() async throws {
        func code(_ properties: String, _ change: (inout RunRequest) -> Void = { _ in }) async throws -> ExitCode? {
            try await refusal(["c.properties": properties]) {
                $0.words = ["reads"]
                $0.source.bootstrap = "localhost:9092"
                $0.source.configFile = "c.properties"
                change(&$0)
            }?.exitCode
        }
        #expect(try await code("security.protocol=SECRET\n") == .badConfiguration)
        #expect(
            try await code("bootstrap.servers=${file:no.properties:x}\nclient.id=${file:no:x}\n") == .badConfiguration)
        let plain = """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
            """
        #expect(try await code(plain) == .badConfiguration)
        #expect(try await code(plain) { $0.allowsPlaintextPassword = true } == nil)
        #expect(try await code("unknown.key=1\n") == nil)
        #expect(try await code("unknown.key=1\n") { $0.strictConfig = true } == .badConfiguration)
    }

    @Test(
        "a bad address is 64 as an option or its variable, 65 in a plan, 78 in a configuration",
        arguments: ["h", "h:0"])
    func badAddresses(address: String) async throws {
        func refusal(
            _ files: [String: String] = [:], _ change: (inout RunRequest) -> Void
        ) async throws -> AgentError? {
            try await self.refusal(files) {
                $0.words = ["reads"]
                change(&$0)
            }
        }
        let option = try await refusal { $0.source.bootstrap = address }
        #expect(option?.exitCode == .usage)
        #expect(option?.message.contains("--source") == true)
        let variable = try await refusal {
            $0.source.bootstrap = address
            $0.environmentOrigins["--source"] = "SLUICE_SOURCE"
        }
        #expect(variable?.exitCode == .usage)
        #expect(variable?.message.contains("environment SLUICE_SOURCE") == true)
        let plan = "return { source = { bootstrap = '\(address)' }, gates = { { gate = 'reads' } } }"
        let planned = try await refusal(["plan.lua": plan]) { $0.planFile = "plan.lua" }
        #expect(planned?.exitCode == .badInput)
        #expect(planned?.message.contains("plan.lua") == true)
        let file = try await refusal(["c.properties": "bootstrap.servers=\(address)\n"]) {
            $0.source.configFile = "c.properties"
        }
        #expect(file?.exitCode == .badConfiguration)
        #expect(file?.message.contains("c.properties:1") == true)
        let property = try await refusal {
            $0.properties = [.init(side: .source, key: "bootstrap.servers", value: address)]
        }
        #expect(property?.exitCode == .badConfiguration)
        let route = try await refusal {
            $0.routes = [.init(advertised: address, address: "b:1")]
            $0.source.bootstrap = "a:1"
            $0.environmentOrigins["--dial"] = "SLUICE_DIAL"
        }
        #expect(route?.exitCode == .usage)
        #expect(route?.message.contains("environment SLUICE_DIAL") == true)
    }

    @Test("a bad template is 64 as an option or its variable, 65 in a plan")
    func badTemplates() async throws {
        for (option, change) in [
            ("--map-topics", { (request: inout RunRequest) in request.mapTopics = "foo" }),
            ("--map-groups", { (request: inout RunRequest) in request.mapGroups = "{group}{" }),
        ] {
            for origin in [option, "environment SLUICE_MAP"] {
                let error = try await refusal {
                    $0.words = ["quiet"]
                    change(&$0)
                    if origin != option { $0.environmentOrigins[option] = "SLUICE_MAP" }
                }
                #expect(error?.exitCode == .usage)
                #expect(error?.message.hasPrefix("\(origin): \"") == true, "\(error?.message ?? "")")
            }
        }
        let plan = "return { mapping = { topics = 'foo' }, gates = { { gate = 'quiet' } } }"
        let planned = try await refusal(["plan.lua": plan]) { $0.planFile = "plan.lua" }
        #expect(planned?.exitCode == .badInput)
        #expect(planned?.message.contains("plan.lua:1") == true)
    }

    @Test("every argument knows where it came from; the later layer beats the earlier")
    func origins() async throws {
        let args = """
            args = { a = { type = "integer", default = 1 }, b = { type = "integer", default = 1 },
            c = { type = "integer", default = 1 }, d = { type = "duration", default = "2s" } },
            """
        let plan = "return { gates = { { gate = 'g', args = { a = 2, b = 2, c = 2 } } } }"
        var host = FakeHost([
            "./gates/g.lua": Trial.gate("g", passing, keys: args), "plan.lua": plan, "set.json": "{\"b\":3,\"c\":3}",
        ])
        host.variables = [:]
        var request = RunRequest()
        request.planFile = "plan.lua"
        request.assignmentFiles = ["set.json"]
        request.assignments = ["g.c=4"]
        let agent = Agent(
            AgentEnvironment(host: host.system, secrets: SecretRegistry(), clock: .system, version: "9"))
        let steps = try await agent.prepare(request).steps
        let entries = try #require(steps.first).arguments.entries
        let found = entries.map { "\($0.name)=\($0.value) \($0.origin)" }
        #expect(entries.map(\.value) == [2, 3, 4, 2_000])
        #expect(found[0].hasSuffix("plan"))
        #expect(found[1].contains("set.json"))
        #expect(found[2].contains("--set"))
        #expect(found[3].contains("default"))
    }

    @Test(
        "a file on the command line beats values of the environment, which beat a file of the environment",
        arguments: [
            ([:], 4), (["--set": "SLUICE_SET"], 3), (["--set-file": "SLUICE_SET_FILE"], 4),
            (["--set": "SLUICE_SET", "--set-file": "SLUICE_SET_FILE"], 4),
        ])
    func originsBySource(origins: [String: String], limit: Int) async throws {
        let args = "args = { limit = { type = 'integer', required = true } },"
        let host = FakeHost(["./gates/g.lua": Trial.gate("g", passing, keys: args), "set.json": "{\"limit\":3}"])
        var request = RunRequest()
        request.words = ["g"]
        request.assignmentFiles = ["set.json"]
        request.assignments = ["limit=4"]
        request.environmentOrigins = origins
        let agent = Agent(
            AgentEnvironment(host: host.system, secrets: SecretRegistry(), clock: .system, version: "9"))
        let entry = try #require(try await agent.prepare(request).steps.first?.arguments.entries.first)
        #expect(entry.value == .integer(Int64(limit)))
        #expect("\(entry.origin)".contains("set.json") == (limit == 3), "\(entry.origin)")
    }
}

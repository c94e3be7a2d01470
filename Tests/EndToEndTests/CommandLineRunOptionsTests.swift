import Agent
import Gate
import Testing

@testable import sluice

@Suite struct CommandLineRunOptionsTests {
    private func request(
        _ line: String..., environment: [String: String] = [:]
    ) throws(UsageError) -> RunRequest {
        let invocation = try CommandLineParser.parse(line, variable: { environment[$0] })
        guard case .command(let command, let words, let options) = invocation else {
            throw UsageError("not a command")
        }
        return try RunOptions.request(command, words: words, options: options, argv: ["sluice"] + line)
    }

    private func problem(_ line: String..., environment: [String: String] = [:]) -> String? {
        do throws(UsageError) {
            let invocation = try CommandLineParser.parse(line, variable: { environment[$0] })
            guard case .command(let command, let words, let options) = invocation else { return nil }
            _ = try RunOptions.request(command, words: words, options: options, argv: [])
            return nil
        } catch {
            return error.message
        }
    }

    @Test("properties and principals are taken apart at the first separator")
    func parts() throws {
        let request = try request(
            "run", "x", "-X", "source.sasl.jaas.config=a b=\"c\";", "-X", "client.id=y", "-X", "target.=z",
            "--principal", "billing=t.properties", "--principal", "ops=s.properties:t.properties", "--principal", "a=s:"
        )
        #expect(request.properties[0] == .init(side: .source, key: "sasl.jaas.config", value: "a b=\"c\";"))
        #expect(request.properties[1] == .init(side: nil, key: "client.id", value: "y"))
        #expect(request.properties[2] == .init(side: .target, key: "", value: "z"))
        #expect(request.principals[0] == .init(name: "billing", sourceFile: nil, targetFile: "t.properties"))
        #expect(request.principals[1] == .init(name: "ops", sourceFile: "s.properties", targetFile: "t.properties"))
        #expect(request.principals[2] == .init(name: "a", sourceFile: "s", targetFile: nil))
        #expect(request.argv.first == "sluice")
    }

    @Test("a share is I/N, also from the environment, and is not evaluated again")
    func shares() throws {
        #expect(try request("run", "x", "--shard", "1/3").shard == Shard(index: 1, count: 3))
        #expect(try request("run", "x", environment: ["SLUICE_SHARD": "0/2"]).shard == Shard(index: 0, count: 2))
        #expect(try request("run", "x").shard == nil)
        for text in ["3/3", "1", "1/0", "-1/2"] {
            #expect(problem("run", "x", "--shard", text)?.contains("is not I/N") == true, "\(text)")
        }
        let both = "--shard and --wait exclude each other: no shard passes alone"
        #expect(problem("run", "x", "--shard", "0/2", "--wait", "5m")?.contains(both) == true)
        #expect(problem("run", "x", "--shard", "0/2", "--watch", "5m")?.contains("exclude each other") == true)
        // What is typed beats the environment, but a share is not dropped in silence.
        let typed = try request("run", "x", "--shard", "0/2", environment: ["SLUICE_WAIT": "5m"])
        #expect(typed.shard != nil && typed.wait == nil)
        let inherited = problem("run", "x", "--wait", "5m", environment: ["SLUICE_SHARD": "0/2"])
        #expect(inherited?.contains("exclude each other") == true)
    }

    @Test("limits, effects and the origin of what came from the environment reach the agent")
    func limits() throws {
        let request = try request(
            "run", "x", "--wait", "2m", "--hold", "30s", "--parallel", "8", "--allow", "produce,plaintext_password",
            "--allow", "create", "--fail-fast", "--detail", environment: ["SLUICE_GATE_TIMEOUT": "5s"])
        #expect(request.wait == .seconds(120))
        #expect(request.hold == .seconds(30))
        #expect(request.every == .seconds(10))
        #expect(request.gateTimeout == .seconds(5))
        #expect(request.timeout == nil)
        #expect(request.parallel == 8)
        #expect(request.effects == [.produce, .create])
        #expect(request.allowsPlaintextPassword && request.failFast && request.detail)
        #expect(request.environmentOrigins == ["--gate-timeout": "SLUICE_GATE_TIMEOUT"])
    }

    @Test("without rounds there is no pause between them")
    func noRounds() throws {
        #expect(try request("run", "x").every == nil)
        #expect(try request("run", "x", "--watch", "1h", "--every", "1s").every == .seconds(1))
    }

    @Test("plan takes its file as the first word, and gates behind it")
    func plan() throws {
        let request = try request("plan", "p.lua", "lag_budget")
        #expect(request.planFile == "p.lua")
        #expect(request.words == ["lag_budget"])
    }

    @Test("contradictions are refused")
    func contradictions() {
        #expect(problem("run") == "no gate and no plan given; name a gate, or --plan PLAN")
        #expect(problem("run", "--plan", "p.lua") == nil)
        #expect(problem("run", "x", "--hold", "5s") == "--hold has no meaning without --wait")
        #expect(problem("run", "x", "--every", "5s") == "--every has no meaning without --wait or --watch")
        #expect(problem("run", "x", "--watch", "5s", "--wait", "5s") == "--watch and --wait exclude each other")
        #expect(problem("run", "x", "--watch", "5s", "--hold", "5s") == "--watch and --hold exclude each other")
        #expect(problem("run", "x", "--wait", "5s", "--hold", "6s") == nil)
        #expect(problem("run", "x", "--principal", "a=:") == "--principal: \"a=:\" names no file")
    }

    @Test("what is typed beats a variable that contradicts it")
    func typedBeatsEnvironment() throws {
        let watch = try request("run", "x", "--watch", "5s", environment: ["SLUICE_WAIT": "1m", "SLUICE_HOLD": "1s"])
        #expect(watch.watch == .seconds(5) && watch.wait == nil && watch.hold == nil)
        let wait = try request("run", "x", "--wait", "5s", environment: ["SLUICE_WATCH": "1m"])
        #expect(wait.wait == .seconds(5) && wait.watch == nil)
        #expect(try request("run", "x", environment: ["SLUICE_EVERY": "5s", "SLUICE_HOLD": "1s"]).every == nil)
        let both = problem("run", "x", environment: ["SLUICE_WAIT": "1m", "SLUICE_WATCH": "1m"])
        #expect(both == "SLUICE_WATCH and SLUICE_WAIT exclude each other")
    }
}

import KafkaClient
import Secrets
import Testing
import Value

@testable import Agent
@testable import Gate
@testable import sluice

/// The pages of `sluice doc` and `sluice plan`.
@Suite struct CommandLinePagesTests {
    private func gate() throws -> GateFile {
        let manifest: Value = [
            "name": "lag_budget", "summary": "Consumer groups are within their lag budget",
            "doc": "Measures each partition.\n\nReads only.", "phase": "catch_up", "severity": "warning",
            "clusters": ["source"], "timeout": "90s",
            "args": [
                "groups": ["type": "string[]", "required": true, "doc": "Groups that move."],
                "max_lag": ["type": "integer", "default": 0, "min": 0, "doc": "Records a partition may be behind."],
                "quiet": ["type": "duration", "default": "30s"],
            ],
            "blind_to": [["fact": "timestamps", "reason": "no check reads them"]],
            "example": "check lag 0 of at most 0 records",
        ]
        return GateFile(
            path: "gates/catch_up/lag_budget.lua", source: Array("ctx.source:lag{}".utf8), digest: "ab12",
            manifest: try GateManifest(
                manifest, functions: [ByteString("run")], file: "lag_budget.lua", matching: { _, _ in true }))
    }

    @Test("the page of a gate has all that its manifest says")
    func gatePage() throws {
        #expect(
            GatePage(try gate()).lines == [
                "lag_budget",
                "",
                "Consumer groups are within their lag budget",
                "",
                "Measures each partition.",
                "",
                "Reads only.",
                "",
                "Phase     catch_up",
                "Severity  warning: reported; decides only where the gate is named",
                "Clusters  source",
                "Effects   none: it reads only",
                "Timeout   90s",
                "File      gates/catch_up/lag_budget.lua",
                "SHA-256   ab12",
                "",
                "Arguments",
                "    groups: string[], required",
                "        Groups that move.",
                "    max_lag: integer, default 0, at least 0",
                "        Records a partition may be behind.",
                "    quiet: duration, default 30s",
            ] + needs(try gate()) + [
                "",
                "Does not see",
                "    timestamps: no check reads them",
                "",
                "Example",
                "    check lag 0 of at most 0 records",
                "",
                "Verdict",
                "    pass          exit 0  every subject was observed and every check is true",
                "    fail          exit 1  where it is named; one good observation contradicts a check",
                "    inconclusive  exit 2  where it is named; anything else: an error, a deadline, nothing checked, "
                    + "nothing selected",
                "                  exit 0  fail or inconclusive where it is not, if another gate passes: \"warned\"",
            ])
    }

    /// What the primitives of the agent add.
    private func needs(_ gate: GateFile) -> [String] {
        let needs = ApiNeeds(of: gate.source)
        return needs.isEmpty ? [] : ["", "Kafka APIs and permissions, by the primitives in its text"] + needs.lines
    }

    private func prepared() throws -> PreparedRun {
        var request = RunRequest()
        request.change = "CHG1"
        let gate = try gate()
        let arguments = try EffectiveArguments.resolve(
            EffectiveArguments.Gate(id: "lag_budget", name: "lag_budget", specs: gate.manifest.arguments),
            plan: ["groups": ["billing"]], planFile: "p.lua", matching: { _, _ in true })
        let source = ConfigSource(
            environment: { _ in "hunter2" }, readFile: { _ throws(ConfigSource.Failure) in throw .missing })
        var builder = ClientConfigBuilder(source: source, secrets: SecretRegistry())
        try builder.add([
            ConfigEntry(key: "bootstrap.servers", value: "old:9092", origin: .option("--source")),
            ConfigEntry(key: "security.protocol", value: "SASL_PLAINTEXT", origin: .option("-X")),
            ConfigEntry(key: "sasl.mechanism", value: "PLAIN", origin: .option("-X")),
            ConfigEntry(key: "sasl.username", value: "me", origin: .option("-X")),
            ConfigEntry(key: "sasl.password", value: "${env:PASSWORD}", origin: .option("-X")),
        ])
        let config = try builder.build().config
        return PreparedRun(
            request: request,
            plan: try Plan(["name": "wave-3", "gates": [["gate": "lag_budget"]]], file: "p.lua"), planDigest: "cd34",
            mapping: try TopicMapping().overriding(topics: "src.{topic}"), routes: [:],
            steps: [
                PreparedRun.Step(
                    id: "lag_budget", file: gate, arguments: arguments, needs: ["parity"], isNamed: true,
                    sides: [.source])
            ],
            clusters: [
                .source: PreparedRun.Cluster(
                    side: .source, config: config, pinnedID: "Q4", principals: ["ops": config],
                    tls: nil, principalTLS: [:])
            ], earlier: .none, share: nil, warnings: ["w"])
    }

    private func options() throws -> ParsedOptions {
        let line = ["plan", "p.lua", "--every", "5s", "--wait", "1m", "-X", "sasl.password=hunter2"]
        let invocation = try CommandLineParser.parse(
            line, variable: { $0 == "SLUICE_PARALLEL" ? "2" : nil })
        guard case .command(_, _, let options) = invocation else { return ParsedOptions() }
        return options
    }

    @Test("the page of a plan tells each value with its origin, and no secret")
    func planPage() throws {
        let lines = PlanPage(try prepared(), try options()).lines
        let words = Set(lines.map { $0.split(separator: " ").joined(separator: " ") })
        for expected in [
            "Plan wave-3", "sha256 cd34", "change CHG1", "cluster id must be Q4", "as ops",
            "bootstrap.servers old:9092 (--source)", "sasl.password ‹secret› (-X via ${env:PASSWORD})",
            "topics src.{topic}, groups {group}", "lag_budget: catch_up, warning, named", "reads source",
            "needs parity", "groups = [billing] (plan)", "max_lag = 0 (default)", "quiet = 30s (default)",
            "--every 5s (command line)", "--parallel 2 (environment SLUICE_PARALLEL)",
            "--gate-timeout 60s (default)",
        ] {
            #expect(words.contains(expected), "\(expected)")
        }
        #expect(!lines.contains { $0.contains("hunter2") })
    }

    @Test("the same in JSON")
    func planJSON() throws {
        let value = PlanJSON(try prepared(), try options()).value
        #expect(value["plan"]?["name"] == "wave-3")
        let password = value["clusters"]?["source"]?["config"]?["sasl.password"]
        #expect(password == ["value": "‹secret›", "origin": "-X", "references": ["${env:PASSWORD}"]])
        #expect(value["options"]?["--parallel"]?["origin"] == "environment SLUICE_PARALLEL")
        #expect(value["warnings"] == ["w"])
        let text = String(decoding: try JSONWriter.write(value), as: UTF8.self)
        #expect(text.contains("\"groups\":{\"origin\":\"plan\",\"value\":[\"billing\"]}"))
        #expect(!text.contains("hunter2"))
    }

    @Test("a finding has the form that editors recognise")
    func finding() {
        let finding = CheckFinding(.plan, "p.lua", line: 7, "unknown key gatez", hint: "gates?")
        #expect(CheckCommand.line(finding) == "p.lua:7: error: unknown key gatez; gates? [SL004]")
        #expect(CheckCommand.line(CheckFinding(.noCheck, "p.lua", "m")) == "p.lua: warning: m [SL204]")
    }
}

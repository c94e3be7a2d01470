import Foundation
import Testing

/// What was asked for wrongly ends before anything is contacted, with the contract's exit code and one clear message.
///
/// No cluster is needed: the address that is given leads nowhere.
@Suite struct BadInputTests {
    /// A mistake, and what comes of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// `DIR` stands for the folder of the files.
        var arguments: [String]
        var files: [String: String] = [:]
        var exitCode: Int32
        /// What the message must contain: place, fact, hint.
        var says: [String]

        init(_ name: String, _ arguments: [String], _ files: [String: String], _ exitCode: Int32, _ says: String...) {
            (testDescription, self.arguments, self.files) = (name, arguments, files)
            (self.exitCode, self.says) = (exitCode, says)
        }

        init(_ name: String, _ arguments: [String], _ exitCode: Int32, _ says: String...) {
            (testDescription, self.arguments, self.exitCode, self.says) = (name, arguments, exitCode, says)
        }
    }

    private static let source = ["--source", "127.0.0.1:1"]
    private static let lag = ["run", "lag_budget"] + source
    private static let goodGate = """
        return { name = "good", summary = "s", phase = "preflight", clusters = {}, run = function(ctx)
          ctx:subject { a = 1 }:equal("one", 1, 1)
        end }
        """

    static let mistakes: [Mistake] = [
        Mistake("a share that is none", lag + ["--shard", "3/3"], 64, "--shard", "3/3", "0/3, 1/3 and 2/3"),
        Mistake(
            "gates of which nothing can be shared out", lag + ["--set", "groups=g", "--shard", "0/3"], 65, "--shard"),
        Mistake("nothing to merge", ["merge"], 64, "SHARD"),
        Mistake("a shard that is missing", ["merge", "DIR/none.jsonl"], 66, "none.jsonl"),
        Mistake("a folder for a shard", ["merge", "DIR"], ["x": ""], 65, "directory"),
        Mistake("an empty file for a shard", ["merge", "DIR/empty"], ["empty": ""], 65, "empty", "INCOMPLETE"),
        Mistake("a text for a shard", ["merge", "DIR/text"], ["text": "hello\n"], 65, "text", "TAMPERED"),
        Mistake(
            "a gate with a syntax error", ["run", "DIR/broken.lua"],
            ["broken.lua": "return {\n  name = \"broken\",\n  run = function(ctx) if then end,\n}\n"], 65,
            "broken.lua:3", "then"),
        Mistake(
            "a gate with an unknown key", ["run", "DIR/odd.lua"],
            ["odd.lua": goodGate.replacingOccurrences(of: "summary =", with: "sumary =")], 65, "odd.lua", "sumary",
            "summary"),
        Mistake(
            "a gate that is no table", ["run", "DIR/none.lua"], ["none.lua": "return 7"], 65, "none.lua"),
        Mistake(
            "a gate that does not come to an end as it is read", ["run", "DIR/spin.lua"],
            ["spin.lua": "while true do end"], 65, "spin.lua"),
        Mistake("a gate file that is not there", ["run", "DIR/none.lua"], 66, "none.lua"),
        Mistake("a gate that nobody knows", ["run", "lag_budgte"] + source, 65, "lag_budgte", "lag_budget"),
        Mistake(
            "a plan with an unknown key", ["run", "--plan", "DIR/plan.lua"] + source,
            ["plan.lua": "return { name = \"p\", gaets = {} }"], 65, "plan.lua", "gaets", "gates"),
        Mistake(
            "a plan with an unknown key in JSON", ["run", "--plan", "DIR/plan.json"] + source,
            ["plan.json": #"{"name":"p","gates":[{"gate":"lag_budget","arsg":{}}]}"#], 65, "plan.json", "arsg", "args"),
        Mistake(
            "a plan with a syntax error", ["run", "--plan", "DIR/plan.lua"], ["plan.lua": "return {\n  name = = 1 }"],
            65, "plan.lua:2"),
        Mistake("a plan that is not there", ["run", "--plan", "DIR/nowhere.lua"], 66, "nowhere.lua"),
        Mistake(
            "an argument of the wrong type", lag + ["--set", "groups=g", "--set", "max_lag=ten"], 65, "max_lag", "ten",
            "integer"),
        Mistake(
            "an argument below its bound", lag + ["--set", "groups=g", "--set", "max_lag=-1"], 65, "max_lag", "0"),
        Mistake(
            "an argument of the wrong type in a plan", ["run", "--plan", "DIR/plan.lua"] + source,
            [
                "plan.lua":
                    "return { gates = { { gate = \"lag_budget\", args = { groups = { \"g\" }, max_lag = \"x\" } } } }"
            ], 65, "plan.lua", "max_lag", "integer"),
        Mistake(
            "an argument that the gate does not have", lag + ["--set", "groups=g", "--set", "max_leg=1"], 65,
            "max_leg", "max_lag"),
        Mistake("an argument that is required", lag, 65, "lag_budget", "groups"),
        Mistake(
            "a word that is not one of an argument's", lag + ["--set", "groups=g", "--set", "isolation=none"], 65,
            "isolation", "read_committed"),
        Mistake(
            "a configuration that is not there", lag + ["--set", "groups=g", "--source-config", "DIR/none.properties"],
            66, "none.properties"),
        Mistake(
            "a configuration with a wrong value",
            lag + ["--set", "groups=g", "--source-config", "DIR/bad.properties"],
            ["bad.properties": "# mine\nsecurity.protocol=SASL_PLAIN\n"], 78, "bad.properties", "security.protocol",
            "SASL_PLAINTEXT"),
        Mistake(
            "an unknown key where configurations are strict",
            lag + ["--set", "groups=g", "--strict-config", "-X", "client.idd=me"], 78, "client.idd", "client.id"),
        Mistake(
            "a bootstrap that is a web address", ["run", "lag_budget", "--set", "groups=g", "--source", "http://a:1"],
            64, "--source", "http://a:1", "host:port"),
        Mistake(
            "a name on the target without a placeholder", lag + ["--set", "groups=g", "--map-topics", "copy"], 64,
            "--map-topics", "copy", "{topic}"),
        Mistake("a selector without a match", ["run", "phase:freeze and lag_*"] + source, 65, "phase:freeze"),
        Mistake("a selector that does not parse", ["run", "tag:offsets and ("] + source, 64, "column"),
        Mistake("no gate and no plan", ["run"], 64, "gate", "--plan"),
        Mistake("no cluster", ["run", "lag_budget", "--set", "groups=g"], 64, "source", "--source"),
        Mistake("an unknown option", lag + ["--evidense", "x"], 64, "--evidense", "--evidence"),
        Mistake("an unknown command", ["rnu"], 64, "rnu", "run"),
        Mistake("a duration that is none", lag + ["--set", "groups=g", "--gate-timeout", "5"], 64, "--gate-timeout"),
        Mistake(
            "an effect that is not allowed", ["run", "DIR/writes.lua"] + source,
            [
                "writes.lua": goodGate.replacingOccurrences(
                    of: "clusters = {}", with: "clusters = { \"source\" }, effects = { \"produce\" }")
            ], 77, "good", "--allow produce"),
        Mistake(
            "evidence in a folder that is not there",
            lag + ["--set", "groups=g", "--evidence", "DIR/none/run.jsonl"], 73, "none/run.jsonl"),
    ]

    @Test("A mistake ends with its exit code, and one message that says where and what instead", arguments: mistakes)
    func mistake(_ mistake: Mistake) async throws {
        let folder = try TemporaryFolder()
        for (name, text) in mistake.files { _ = try folder.write(text, to: name) }
        let arguments = mistake.arguments.map { $0.replacingOccurrences(of: "DIR", with: folder.url.path) }
        let run = try await SluiceCommand.run(arguments)
        #expect(run.exitCode == mistake.exitCode, "\(run.errors)")
        #expect(run.bytes.isEmpty)
        let said = run.errors.joined(separator: "\n")
        for word in mistake.says { #expect(said.contains(word), "\(word): \(said)") }
        #expect(run.errors.count { $0.hasPrefix("sluice: ") } == 1, "\(run.errors)")
    }

    @Test("Evidence is never written over, nor through a link", arguments: ["a file", "a link", "a dangling link"])
    func evidenceExists(what: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("run.jsonl")
        switch what {
        case "a file": _ = try folder.write("mine\n", to: "run.jsonl")
        case "a link":
            let file = try folder.write("mine\n", to: "precious.txt")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: file)
        default:
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path("precious.txt"))
        }
        let run = try await SluiceCommand.run(Self.lag + ["--set", "groups=g", "--evidence", path])
        #expect(run.exitCode == 73)
        #expect(run.bytes.isEmpty)
        #expect(run.errors.contains { $0.contains(path) })
        if what == "a dangling link" {
            #expect(!FileManager.default.fileExists(atPath: folder.path("precious.txt")))
        } else {
            #expect(try folder.lines(of: "run.jsonl") == ["mine"])
        }
    }

    @Test("A mistake leaves no evidence file behind")
    func noFile() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("run.jsonl")
        let run = try await SluiceCommand.run(Self.lag + ["--evidence", path])
        #expect(run.exitCode == 65)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("A full disk is told, and there is no pass", arguments: ["standard output", "summary", "file"])
    func fullDisk(where place: String) async throws {
        let folder = try TemporaryFolder()
        let gate = try folder.write(Self.goodGate, to: "good.lua")
        let evidence = folder.path("run.jsonl")
        let options =
            switch place {
            case "summary": "--evidence '\(evidence)' >/dev/full"
            case "file": "--evidence /dev/full"
            default: ">/dev/full"
            }
        let process = try ChildProcess(
            ["sh", "-c", "exec \"$1\" run \"$2\" \(options)", "sh", SluiceCommand.binary, gate],
            directory: folder.url, deadline: .seconds(60))
        let run = await SluiceCommand.result(of: process)
        #expect(run.exitCode == (place == "file" ? 73 : 74), "\(run.errors)")
        #expect(!(run.output + run.errors).contains { $0.hasPrefix("sluice PASS") })
        #expect(run.errors.contains { $0.contains(place == "file" ? "/dev/full" : "standard output") }, "\(run.errors)")
    }
}

import Testing

@testable import sluice

@Suite struct CommandLineParserTests {
    private func parse(
        _ line: String..., environment: [String: String] = [:]
    ) throws -> (command: Command, words: [String], options: ParsedOptions) {
        let invocation = try CommandLineParser.parse(line, variable: { environment[$0] })
        guard case .command(let command, let words, let options) = invocation else { throw NotACommand() }
        return (command, words, options)
    }

    private func problem(_ line: String..., environment: [String: String] = [:]) -> String? {
        do {
            _ = try CommandLineParser.parse(line, variable: { environment[$0] })
            return nil
        } catch {
            return error.message
        }
    }

    private struct NotACommand: Error {}

    @Test("options and words come in any order, values behind a blank or an equals sign")
    func order() throws {
        let (command, words, options) = try parse(
            "run", "lag_budget", "--source", "a:1", "decode_test", "--target=b:2", "-X", "client.id=x", "-Xk=v", "-q")
        #expect(command == .run)
        #expect(words == ["lag_budget", "decode_test"])
        #expect(options.text(.source) == "a:1")
        #expect(options.text(.target) == "b:2")
        #expect(options.texts(.property) == ["client.id=x", "k=v"])
        #expect(options.flag(.quiet))
        #expect(!options.flag(.failFast))
    }

    @Test("options before the command are read as well")
    func optionsFirst() throws {
        let (command, words, options) = try parse("--source", "a:1", "run", "x")
        #expect(command == .run)
        #expect(words == ["x"])
        #expect(options.text(.source) == "a:1")
    }

    @Test("two dashes end the options")
    func endOfOptions() throws {
        let parsed = try parse("verify", "--", "--head", "-q", "--help")
        #expect(parsed.words == ["--head", "-q", "--help"])
        #expect(!parsed.options.flag(.head))
    }

    @Test("help is given wherever it is asked for, even on a wrong line")
    func help() throws {
        for line in [["run", "--sorce", "x", "--help"], ["-h", "run"], ["run", "--source", "-h"]] {
            guard case .help(.run?) = try CommandLineParser.parse(line, variable: { _ in nil }) else {
                Issue.record("\(line) is not help on run")
                continue
            }
        }
        guard case .help(nil) = try CommandLineParser.parse(["--help"], variable: { _ in nil }) else {
            Issue.record("--help alone is not the general help")
            return
        }
    }

    @Test("what is misspelt is answered with the nearest name")
    func nearest() {
        #expect(problem("run", "--sorce", "a") == "unknown option --sorce; did you mean --source?")
        #expect(problem("rnu") == "unknown command \"rnu\"; did you mean run?")
        #expect(problem("migrate") == "unknown command \"migrate\"")
        #expect(problem("run", "x", "--waivers", "f") == "unknown option --waivers")
        #expect(problem("run", "x", "--color=alway") != nil)
        #expect(problem("run", "-Z") == "unknown option -Z")
        #expect(problem("run", "-qx") == "unknown option -qx")
    }

    @Test("an option of another command is refused")
    func ofAnotherCommand() {
        #expect(problem("verify", "a", "--source", "b:1") == "verify has no option --source")
        #expect(problem("check", "a", "-q") == "check has no option --quiet")
    }

    @Test("a forgotten value is noticed, a negative number is taken for one")
    func missingValue() {
        #expect(problem("run", "x", "--source", "--target", "b") == "--source needs a value: HOST:PORT[,...]")
        #expect(problem("run", "x", "--change") == "--change needs a value: ID")
        #expect(problem("run", "x", "--change=") == "--change: the value is empty")
        #expect(problem("run", "x", "--parallel", "-1") == "--parallel: \"-1\" is not a whole number from 1 to 256")
        #expect(problem("run", "x", "--change=--source") == nil)
        #expect(problem("run", "x", "--evidence", "-") == nil)
        #expect(problem("run", "x", "--fail-fast=yes") == "--fail-fast takes no value, but \"yes\" is given")
    }

    @Test("an option that can be given once cannot be given twice")
    func twice() {
        #expect(problem("run", "x", "--source", "a", "--source", "a") == "--source is given twice")
        #expect(problem("run", "x", "--set", "a=1", "--set", "a=2", "-q", "-q") == nil)
    }

    @Test(
        "values are checked by the table",
        arguments: [
            ("--every", "5"), ("--every", "0s"), ("--timeout", "366d"), ("--gate-timeout", "1 s"), ("--wait", "-1s"),
            ("--parallel", "0"), ("--parallel", "257"), ("--parallel", "٣"), ("--progress", "fancy"),
            ("--set", "x"), ("--allow", "produce,"), ("--allow", "admin"), ("--principal", "a"),
        ])
    func badValue(option: String, value: String) throws {
        let text = try #require(problem("run", "x", option, value))
        #expect(text.utf8.starts(with: "\(option): \"".utf8))
    }

    @Test("what may be a password is not repeated", arguments: ["novalue", "=v", "sasl.password v", "sasl.password:v"])
    func hiddenValue(value: String) {
        let text = "-X: the value is not [source.|target.]key=value"
        #expect(problem("run", "x", "-X", value) == text)
        #expect(problem("run", "x", "-X\(value)") == text)
    }

    @Test("of an option that nobody knows, only its name is repeated")
    func hiddenOption() {
        #expect(problem("run", "x", "-Dsasl.password=v") == "unknown option -Dsasl.password")
        #expect(problem("run", "x", "--sasl.password=v") == "unknown option --sasl.password")
    }

    @Test("the number of words is checked")
    func words() {
        #expect(problem("verify") == "verify needs EVIDENCE...")
        #expect(problem("plan") == "plan needs PLAN [GATE...]")
        #expect(problem("doc", "a", "b") == "doc does not take \"b\"")
        #expect(problem("version", "x") == "version does not take \"x\"")
        #expect(problem() == "no command given")
    }

    // MARK: Environment

    @Test("an option that is not given comes from the environment, and says so")
    func environment() throws {
        let variables = [
            "SLUICE_SOURCE": "env:1", "SLUICE_GATE_TIMEOUT": "5s", "SLUICE_FAIL_FAST": "yes", "SLUICE_DETAIL": "0",
            "SLUICE_X": "a=1;2\nsource.b=2\n", "SLUICE_CHANGE": "", "SLUICE_HEAD": "not for this command",
        ]
        let options = try parse("run", "x", "--source", "line:1", environment: variables).options
        #expect(options.text(.source) == "line:1")
        #expect(options.called(.source) == "--source")
        #expect(options.text(.gateTimeout) == "5s")
        #expect(options.called(.gateTimeout) == "SLUICE_GATE_TIMEOUT")
        #expect(options.flag(.failFast))
        #expect(!options.flag(.detail))
        #expect(!options.flag(.change))
        #expect(options.texts(.property) == ["a=1;2", "source.b=2"])
    }

    @Test("a repeated option on the command line replaces all of its variable")
    func replaced() throws {
        let options = try parse("run", "x", "--set", "a=1", environment: ["SLUICE_SET": "g.a=2\nb=3"]).options
        #expect(options.texts(.set) == ["a=1"])
    }

    @Test("a bad value in the environment is refused by the name of its variable")
    func badEnvironment() {
        let text = problem("run", "x", environment: ["SLUICE_EVERY": "soon"])
        #expect(text == "environment SLUICE_EVERY: \"soon\" is not a duration such as 500ms, 10s, 5m, 2h or 1d")
        let flag = problem("run", "x", environment: ["SLUICE_FAIL_FAST": "maybe"])
        #expect(flag == "environment SLUICE_FAIL_FAST: \"maybe\" is neither true nor false")
        #expect(problem("verify", "x", environment: ["SLUICE_EVERY": "soon"]) == nil)
    }

    @Test("each option stands in the table once, with a variable of its own")
    func table() {
        #expect(OptionTable.all.count == OptionName.allCases.count)
        #expect(Set(OptionTable.all.map(\.name)).count == OptionName.allCases.count)
        #expect(Set(OptionName.allCases.map(\.variable)).count == OptionName.allCases.count)
        #expect(OptionName.property.variable == "SLUICE_X")
        #expect(OptionTable.all.allSatisfy { ($0.kind.form == nil) == $0.placeholder.isEmpty })
    }
}

import Foundation
import Testing

/// What the documentation says is so.
@Suite struct DocsTests {
    static let pages = [
        "README.md", "DESIGN.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/first-gate/README.md",
        "examples/runbook/README.md", "examples/parallel/README.md", "examples/kubernetes/README.md",
    ]

    @Test("Every option, command, variable and target that a page names is there", arguments: pages)
    func names(path: String) async throws {
        let page = try DocsPage(path)
        let known = try await Self.vocabulary()
        for text in page.typed where text.hasPrefix("-") || text.hasPrefix("sluice ") {
            for option in text.matches(of: /(?:^|\s)(--[a-z][a-z-]*)/) {
                #expect(known.options.contains(String(option.1)), "\(path): \(text)")
            }
            if let command = text.firstMatch(of: /^sluice ([a-z]+)/) {
                #expect(known.commands.contains(String(command.1)), "\(path): \(text)")
            }
        }
        for variable in page.typed.flatMap({ $0.matches(of: /SLUICE_[A-Z_]+/) }) {
            #expect(known.variables.contains(String(variable.0)), "\(path): \(variable.0)")
        }
        let makefile = try String(
            contentsOf: SluiceCommand.repository.appendingPathComponent("Makefile"), encoding: .utf8)
        for target in page.typed.compactMap({ $0.firstMatch(of: /^make ([a-z-]+)/) }) {
            #expect(makefile.contains("\n\(target.1):"), "\(path): make \(target.1)")
        }
    }

    @Test("Every file and folder that a page names is there", arguments: pages)
    func files(path: String) throws {
        let page = try DocsPage(path)
        let folder = SluiceCommand.repository.appendingPathComponent(path).deletingLastPathComponent()
        for link in page.links {
            let file = folder.appendingPathComponent(link)
            #expect(FileManager.default.fileExists(atPath: file.path), "\(path): \(link)")
        }
        for span in page.spans {
            guard span.firstMatch(of: /^(Sources|Tests|gates|examples|Benchmarks|\.ci)\//) != nil else { continue }
            // As far as it is a path and not a pattern: gates/PHASE/.
            let parts = span.split(separator: "/").prefix { $0.firstMatch(of: /^[A-Z]+$|[*{…]/) == nil }
            let file = SluiceCommand.repository.appendingPathComponent(parts.joined(separator: "/"))
            #expect(FileManager.default.fileExists(atPath: file.path), "\(path): \(span)")
        }
    }

    @Test func `Gates in tables have these arguments and checks`() async throws {
        let listed = try await SluiceCommand.run(["list", "--json"]).evidence.lines
        let rows = try DocsPage("README.md").rows(under: "gate")
        #expect(!rows.isEmpty)
        for row in rows {
            let name = row["gate"]?.trimmingCharacters(in: ["`"]) ?? ""
            let gate = try #require(listed.first { $0["name"].string == name }, "\(name)")
            let arguments = Self.words(row["arguments"])
            #expect(Set(arguments) == Set(gate["args"].items.compactMap(\.string)), "\(name)")
            let path = try #require(gate["path"].string)
            let lua = try String(contentsOf: SluiceCommand.repository.appendingPathComponent(path), encoding: .utf8)
            #expect(!Self.words(row["checks"]).isEmpty)
            for check in Self.words(row["checks"]) { #expect(lua.contains("\"\(check)\""), "\(name): \(check)") }
        }
    }

    @Test func `The table of exit codes has those of the help`() async throws {
        let help = try await SluiceCommand.run(["help", "run"]).output
        let codes = help.drop { $0 != "Exit codes" }.dropFirst().compactMap { $0.split(separator: " ").first }
        let shown = try DocsPage("README.md").rows(under: "code").flatMap { row in
            (row["code"] ?? "").split(separator: ", ")
        }
        #expect(shown == codes)
    }

    @Test func `The table of limits has those in force`() async throws {
        let version = try await SluiceCommand.run(["version", "--json"]).evidence.lines[0]
        let rows = try DocsPage("DESIGN.md").rows(under: "limit")
        var shown: [String: JSON] = [:]
        for row in rows {
            shown[row["limit"]?.trimmingCharacters(in: ["`"]) ?? ""] = Self.number(row["value"] ?? "").map(JSON.integer)
        }
        #expect(JSON.object(shown) == version["limits"])
    }

    @Test func `The commit of evidence is that of the build, where the build was told`() async throws {
        let version = try await SluiceCommand.run(["version", "--json"]).evidence.lines[0]
        let nowhere = ["--source", "127.0.0.1:1", "--target", "127.0.0.1:1", "--set", "topics=x", "--timeout", "2s"]
        let run = try await SluiceCommand.run(["run", "partition_parity"] + nowhere)
        let tool = try #require(run.evidence.of("run_started").first)["tool"]
        #expect(tool["version"] == version["version"])
        #expect(tool["commit"].string == version["commit"].string)
        if let commit = version["commit"].string {
            #expect(commit.wholeMatch(of: /[0-9a-f]{40}(-dirty)?/) != nil)
        } else {
            #expect(version["commit"] == .null)
        }
    }

    @Test("A gate or plan that a page shows in Lua passes the linter", arguments: pages)
    func lua(path: String) async throws {
        let shell = try DocsShell()
        for block in try DocsPage(path).blocks where block.language == "lua" {
            let file = try shell.folder.write(block.text, to: block.file ?? "shown.lua")
            // A plan is checked where the gates are that the page shows before it.
            let result = try await SluiceCommand.run(
                ["check", file], environment: shell.environment, directory: shell.folder.url)
            #expect(result.exitCode == 0 && result.errors.isEmpty, "\(path):\(block.line): \(result.errors)")
        }
    }

    @Test func `The gate of the README is the one of the examples`() throws {
        let blocks = try DocsPage("README.md").blocks.filter { $0.language == "lua" }
        #expect(blocks.count == 3)
        for block in blocks {
            let file = SluiceCommand.repository.appendingPathComponent("examples/first-gate/\(block.file ?? "")")
            #expect(try String(contentsOf: file, encoding: .utf8) == block.text)
        }
    }

    @Test func `The demo goes as the README shows it`() async throws {
        let blocks = try DocsPage("README.md").blocks.filter { $0.lines.first?.hasPrefix("$ sluice demo") == true }
        #expect(blocks.count == 1)
        for block in blocks {
            let outcomes = try await DocsShell().run(block)
            #expect(outcomes.count == block.commands.count)
            for (command, outcome) in zip(block.commands, outcomes) {
                let said = outcome.output.joined(separator: "\n")
                #expect(DocsOutput.matches(outcome.output, shown: command.output), "\(command.text)\n\(said)")
            }
        }
    }

    // MARK: What is known

    /// What the help has.
    private struct Vocabulary {
        let options: Set<String>
        let commands: Set<String>
        let variables: Set<String>
    }

    private static func vocabulary() async throws -> Vocabulary {
        let general = try await SluiceCommand.run(["--help"]).output
        let commands = Set(general.compactMap { $0.firstMatch(of: /^  sluice ([a-z]+)/).map { String($0.1) } })
        #expect(commands.isSuperset(of: ["run", "verify"]))
        var options: Set<String> = ["--help"]
        for command in commands {
            for line in try await SluiceCommand.run(["help", command]).output {
                options.formUnion(line.matches(of: /(?:^| )(--[a-z][a-z-]*)/).map { String($0.1) })
            }
        }
        let ofOptions = options.map { "SLUICE_" + $0.dropFirst(2).uppercased().replacing("-", with: "_") }
        return Vocabulary(
            options: options, commands: commands,
            variables: Set(ofOptions + ["SLUICE_X", "SLUICE_GATES", "SLUICE_BINARY", "SLUICE_TEST_RECORDS"]))
    }

    private static func words(_ cell: String?) -> [String] {
        (cell ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    /// `64 MiB` in bytes, `10 s` in milliseconds, `100,000` as it is.
    private static func number(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard let digits = parts.first, let number = Int64(digits.replacing(",", with: "")) else { return nil }
        let units: [Substring: Int64] = ["KiB": 1 << 10, "MiB": 1 << 20, "s": 1000]
        return parts.count == 1 ? number : units[parts[1]].map { number * $0 }
    }
}

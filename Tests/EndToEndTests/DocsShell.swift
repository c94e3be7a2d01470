import Foundation

/// Where the commands of a page run, one after the other, in one folder: as a reader would type them.
struct DocsShell: Sendable {
    /// What came of one command.
    struct Outcome: Sendable {
        let command: String
        let exitCode: Int32
        /// Standard output and standard error, as a terminal would show them.
        let output: [String]
    }

    let folder: TemporaryFolder
    private let source: String
    private let target: String

    /// Without brokers the placeholders stay: nothing answers there.
    init(source: RealKafka? = nil, target: RealKafka? = nil) throws {
        folder = try TemporaryFolder("sluice-docs")
        self.source = source?.bootstrap() ?? "old-1:9092"
        self.target = target?.bootstrap() ?? "new-1:9092"
    }

    /// The environment that a reader has after an installation.
    var environment: [String: String] {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLUICE_") }
        let binary = URL(fileURLWithPath: SluiceCommand.binary).deletingLastPathComponent().path
        return inherited.merging([
            "PATH": "\(binary):\(inherited["PATH"] ?? "/usr/bin:/bin")",
            "SLUICE_GATES": SluiceCommand.repository.appendingPathComponent("gates").path,
        ]) { $1 }
    }

    /// The addresses of the test's brokers for those of the documentation.
    func real(_ text: String) -> String {
        text.replacingOccurrences(of: "old-1:9092", with: source)
            .replacingOccurrences(of: "new-1:9092", with: target)
    }

    /// Puts what lies beside a page where its commands run.
    func copyFiles(beside path: String) throws {
        let page = SluiceCommand.repository.appendingPathComponent(path).deletingLastPathComponent()
        for name in try FileManager.default.contentsOfDirectory(atPath: page.path) {
            try FileManager.default.copyItem(
                at: page.appendingPathComponent(name), to: folder.url.appendingPathComponent(name))
        }
    }

    func write(_ block: DocsPage.Block) throws {
        if let file = block.file { _ = try folder.write(real(block.text), to: file) }
    }

    /// Runs the commands of a block in one shell, so that `$?` and variables hold from one to the next.
    ///
    /// `make` only has to know what it is asked for: what it does is what is being tested.
    func run(_ block: DocsPage.Block) async throws -> [Outcome] {
        let commands = block.commands
        let mark = "--- command ended: "
        var script = """
            make() { command make --no-print-directory -n -C "$REPOSITORY" "$@" >/dev/null; }
            exec 2>&1

            """
        for command in commands {
            script += real(command.text) + "\n_code=$?; printf '\\n%s%s\\n' '\(mark)' \"$_code\"; (exit \"$_code\")\n"
        }
        let environment = environment.merging(["REPOSITORY": SluiceCommand.repository.path]) { $1 }
        let watch = SecretWatch(
            arguments: [script], environment: environment, directory: folder.url, folder: folder.url)
        let shell = try ChildProcess(
            ["bash", "-c", script], environment: environment, directory: folder.url, deadline: .seconds(240),
            afterEnd: watch.check)
        shell.closeInput()
        _ = await shell.end()
        var outcomes: [Outcome] = []
        var output: [String] = []
        for line in shell.output.lines {
            guard line.hasPrefix(mark), commands.indices.contains(outcomes.count) else {
                output.append(line)
                continue
            }
            // The mark starts a line of its own, so an empty one precedes it where the command ended its last line.
            if output.last == "" { output.removeLast() }
            outcomes.append(
                Outcome(
                    command: commands[outcomes.count].text, exitCode: Int32(line.dropFirst(mark.count)) ?? -1,
                    output: output))
            output = []
        }
        return outcomes
    }
}

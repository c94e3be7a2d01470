import Testing

@testable import sluice

@Suite struct CommandLineHelpTests {
    @Test("the general help lists every command")
    func general() {
        #expect(
            HelpText.page(nil) == [
                "sluice: gates for Kafka migrations; each earns its verdict with evidence",
                "",
                "usage:",
                "  sluice run [GATE...]        run gates; the main job",
                "  sluice demo                 the whole flow on two clusters inside this process",
                "  sluice list [SELECTOR...]   gates that can be found",
                "  sluice doc GATE | --api | --luacats",
                "                              what a gate proves, its arguments and effects",
                "  sluice plan PLAN [GATE...]  dry run: selection, arguments and their origin; opens no socket",
                "  sluice check FILE...        lint gates, their tests and plans; opens no socket",
                "  sluice test [PATH...]       run gate tests on clusters inside this process",
                "  sluice new NAME             a gate and its test, to be filled in",
                "  sluice repl                 a read-only prompt with the primitives of gates",
                "  sluice verify EVIDENCE...   is the evidence whole and unaltered",
                "  sluice require EVIDENCE     may the next, destructive step go ahead",
                "  sluice merge SHARD...       the evidence of shards as that of one run",
                "  sluice version              version, platform and limits",
                "  sluice completion bash|zsh|fish",
                "                              completion of commands and options for a shell",
                "  sluice help [COMMAND]       this page, or that of a command",
                "",
                "sluice COMMAND --help shows the options of a command.",
            ])
    }

    @Test("the help of a command is its table of options")
    func verify() {
        #expect(
            HelpText.page(.verify) == [
                "usage: sluice verify EVIDENCE... [options]",
                "",
                "is the evidence whole and unaltered",
                "",
                "Prints one line a file: OK-UNSIGNED, INCOMPLETE, TORN-TAIL, TAMPERED, COUNT-MISMATCH or UNSUPPORTED.",
                "Exits 0 only if every file is OK.",
                "",
                "Options",
                "  --head sha256:...           the head that the summary of the run gave; the file must end with it",
                "",
                "Each option has an environment variable, such as SLUICE_GATE_TIMEOUT for --gate-timeout and SLUICE_X",
                "for -X. An option on the command line replaces it. A flag is set by 1 or true, an option that may be",
                "repeated has one value a line.",
            ])
    }

    @Test("the help of run has every option of run, its defaults and the exit codes")
    func run() {
        let page = HelpText.page(.run)
        for option in OptionTable.options(of: .run) {
            #expect(page.contains { $0.utf8.starts(with: "  \(option.usage)".utf8) }, "\(option.usage)")
        }
        #expect(page.contains("  --parallel N                gates at a time (default: 4)"))
        #expect(page.contains("  -q, --quiet                 show nothing but errors"))
        #expect(page.contains("  74   evidence could not be written"))
        #expect(page.contains("Limits"))
    }

    @Test("every page keeps to 100 columns", arguments: Command.allCases)
    func width(command: Command) {
        for line in HelpText.page(command) { #expect(TextWidth.of(line) <= 100, "\(line)") }
    }

    @Test("completions name every command and every option", arguments: [CompletionScript.Shell.bash, .zsh, .fish])
    func completion(shell: CompletionScript.Shell) {
        let words = Set(
            CompletionScript.text(for: shell).split(whereSeparator: { " \n\"'-".contains($0) }).map(String.init))
        for command in Command.allCases { #expect(words.contains(command.rawValue)) }
        for name in OptionName.allCases {
            let parts = name.rawValue.split(separator: "-").map(String.init)
            #expect(parts.allSatisfy(words.contains), "\(name)")
        }
    }
}

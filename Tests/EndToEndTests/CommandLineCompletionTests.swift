private import Foundation
import Testing

@testable import sluice

/// The completion scripts, in the shells they are for.
@Suite("CommandLineCompletion") struct CommandLineCompletionTests {
    private static func has(_ shell: String) -> Bool {
        ["/bin/", "/usr/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + shell) }
    }

    /// What a shell offers for the last word of a command line, sorted.
    private static let cases: [(line: String, words: [String])] = [
        ("sluice ne", ["new"]), ("sluice re", ["repl", "require"]), ("sluice c", ["check", "completion"]),
        ("sluice new --p", ["--phase"]), ("sluice new --f", ["--folder"]), ("sluice check --c", ["--codes"]),
        ("sluice repl --sou", ["--source", "--source-config"]), ("sluice repl --gate", ["--gate-timeout"]),
        ("sluice repl --de", ["--demo"]),
        ("sluice check --he", ["--help"]),
    ]

    @Test("bash completes commands and their options")
    func bash() async throws {
        for (line, words) in Self.cases {
            let outcome = try await CommandLineTool.shell(
                """
                exec bash --norc -c '
                    source <("$0" completion bash) || exit 9
                    COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sluice
                    printf "%s\\n" "${COMPREPLY[@]}"' "$0" "$1"
                """, [line])
            #expect(outcome.output.split(separator: "\n").map(String.init).sorted() == words, "\(line): \(outcome)")
        }
    }

    @Test("zsh takes the script and completes by it", .enabled(if: has("zsh"), "zsh is not installed"))
    func zsh() async throws {
        for (line, words) in Self.cases {
            let outcome = try await CommandLineTool.shell(
                """
                exec zsh -f -c '
                    autoload -U compinit && compinit -D -u || exit 8
                    source <($0 completion zsh) || exit 9
                    [[ ${_comps[sluice]} == *_sluice* ]] || exit 10
                    COMP_WORDS=(${=1}); COMP_CWORD=$((${#COMP_WORDS} - 1))
                    emulate -L zsh; setopt ksh_arrays; _sluice
                    print -l -- ${COMPREPLY[@]}' "$0" "$1"
                """, [line])
            #expect(outcome.code == 0, "\(outcome)")
            // Which of them fit, zsh itself decides when it adds them.
            let typed = line.split(separator: " ").last ?? ""
            let found = outcome.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix(typed) }
            #expect(found.sorted() == words, "\(line): \(outcome)")
        }
    }

    @Test("fish completes commands and their options", .enabled(if: has("fish"), "fish is not installed"))
    func fish() async throws {
        for (line, words) in Self.cases where !line.contains("--he") {
            let outcome = try await CommandLineTool.shell(
                """
                export HOME="$(mktemp -d)"; trap 'rm -rf "$HOME"' EXIT
                mkdir "$HOME/bin"; ln -s "$0" "$HOME/bin/sluice"; export PATH="$HOME/bin:$PATH"
                fish --no-config -c 'sluice completion fish | source; complete -C "$argv[1]"' "$1"
                """, [line])
            let found = outcome.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
            #expect(found.sorted() == words, "\(line): \(outcome)")
        }
    }
}

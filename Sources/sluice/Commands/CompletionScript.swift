/// Scripts that let a shell complete commands and options, from the tables of both.
enum CompletionScript {
    enum Shell: String { case bash, zsh, fish }

    static func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: "autoload -U +X bashcompinit && bashcompinit\n" + bash
        case .fish: fish
        }
    }

    private static var commands: String { Command.allCases.map(\.rawValue).joined(separator: " ") }

    private static func options(of command: Command) -> String {
        (OptionTable.options(of: command).map(\.name.spelled) + ["--help"]).joined(separator: " ")
    }

    private static var bash: String {
        let cases = Command.allCases.map { "        \($0.rawValue)) words=\"\(options(of: $0))\" ;;" }
        return """
            _sluice() {
                local current="${COMP_WORDS[COMP_CWORD]}" words=""
                if [ "$COMP_CWORD" -eq 1 ]; then
                    COMPREPLY=($(compgen -W "\(commands)" -- "$current"))
                    return
                fi
                case "${COMP_WORDS[1]}" in
            \(cases.joined(separator: "\n"))
                esac
                COMPREPLY=()
                case "$current" in
                    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
                esac
            }
            complete -o default -F _sluice sluice

            """
    }

    private static var fish: String {
        var lines = ["complete -c sluice -n __fish_use_subcommand -f -a '\(commands)'"]
        for spec in OptionTable.all {
            let among = spec.commands.map(\.rawValue).sorted().joined(separator: " ")
            let dashed = spec.name.rawValue.utf8.count == 1 ? "-s \(spec.name.rawValue)" : "-l \(spec.name.rawValue)"
            let short = spec.short.map { " -s \($0)" } ?? ""
            let value = spec.kind.form == nil ? "" : " -r"
            let doc = spec.doc.split(separator: "'").joined(separator: "\\'")
            lines.append(
                "complete -c sluice -n '__fish_seen_subcommand_from \(among)' \(dashed)\(short)\(value) -d '\(doc)'")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What `sluice` can be asked to do; the first word of the command line.
enum Command: String, CaseIterable, Sendable {
    case run, demo, list, doc, plan, check, test, new, repl, verify, require, merge, version, completion, help

    /// The words that follow it, as the help shows them.
    var operands: String {
        switch self {
        case .run: "[GATE...]"
        case .demo: ""
        case .list: "[SELECTOR...]"
        case .doc: "GATE | --api | --luacats"
        case .plan: "PLAN [GATE...]"
        case .check: "FILE..."
        case .test: "[PATH...]"
        case .new: "NAME"
        case .repl: ""
        case .verify: "EVIDENCE..."
        case .require: "EVIDENCE"
        case .merge: "SHARD..."
        case .version: ""
        case .completion: "bash|zsh|fish"
        case .help: "[COMMAND]"
        }
    }

    var operandCount: ClosedRange<Int> {
        switch self {
        case .run, .list, .check, .test: 0...Int.max
        case .plan, .verify, .merge: 1...Int.max
        case .doc, .help: 0...1
        case .require, .completion, .new: 1...1
        case .version, .demo, .repl: 0...0
        }
    }

    /// One line for the list of commands.
    var summary: String {
        switch self {
        case .run: "run gates; the main job"
        case .demo: "the whole flow on two clusters inside this process"
        case .list: "gates that can be found"
        case .doc: "what a gate proves, its arguments and effects"
        case .plan: "dry run: selection, arguments and their origin; opens no socket"
        case .check: "lint gates, their tests and plans; opens no socket"
        case .test: "run gate tests on clusters inside this process"
        case .new: "a gate and its test, to be filled in"
        case .repl: "a read-only prompt with the primitives of gates"
        case .verify: "is the evidence whole and unaltered"
        case .merge: "the evidence of shards as that of one run"
        case .require: "may the next, destructive step go ahead"
        case .version: "version, platform and limits"
        case .completion: "completion of commands and options for a shell"
        case .help: "this page, or that of a command"
        }
    }

    /// What the summary leaves open.
    var details: [String] {
        switch self {
        case .run:
            [
                """
                Gates are given by name (lag_budget), path (./my_gate.lua) or selector (phase:preflight, tag:offsets, \
                globs, and, or, not, parentheses), by --plan, or both: then the words select from the plan.
                """,
                """
                Evidence goes to standard output as JSON lines, what people read to standard error. With \
                --evidence FILE standard output has one summary line instead.
                """,
            ]
        case .demo:
            [
                """
                A source, a target and a replicator run inside this process, in the middle of a migration, and the \
                gates judge them as they would any other clusters, in two runs: freeze_capture writes down where the \
                source ended when its clients stopped, and all other gates are given that freeze. tls_valid is left \
                out, as there is no TLS.
                """,
                """
                Nothing is left behind but the evidence, whose mode is embedded: with --evidence demo.jsonl that of \
                the freeze is demo.freeze.jsonl. Exit code and summary are those of the second run.
                """,
                """
                --break spoils one thing, so that one gate fails and the others pass: lag (a group stands still), \
                parity (a topic with other partitions), decode (half a document), auth (an old password), acl (an \
                entry that is missing), skip (a group that would go on one record too late), late-writer (a record \
                after the freeze), retention (a way back that closes too soon).
                """,
            ]
        case .list:
            [
                """
                Gates are looked for in ./gates, in each folder of SLUICE_GATES (separated by colons), then beside \
                the program in ../share/sluice/gates; subfolders included. A selector is written as for run.
                """
            ]
        case .doc: ["GATE is a name or the path of a file."]
        case .plan:
            [
                """
                Takes the options of run that decide what runs and where, and shows each value with the place it \
                came from. Secrets are not shown.
                """
            ]
        case .check:
            [
                "Findings go to standard error, or with --json to standard output. Warnings alone exit 0, errors 65.",
                """
                Each finding has a code (--codes lists them). A comment allows one, on its line or alone on the line \
                above, with a reason: -- sluice:allow SL302 a rate, no offset
                """,
            ]
        case .test:
            [
                """
                PATH is a folder, a gate or a test (x_test.lua beside x.lua); without any, the folders that gates are \
                looked for in. Exits 0 if every test passed, 1 if one failed, 65 if a file is no test.
                """,
                """
                With --mutate, each test in which the gate passes is repeated with one fact of its world changed at a \
                time. A change that the gate does not see is a failure, unless the gate's manifest names the fact in \
                blind_to.
                """,
            ]
        case .new:
            [
                """
                Writes NAME.lua and NAME_test.lua, and overwrites nothing (73). sluice check warns of the new gate, and \
                its test fails, until it has a check. What a gate proves is documented in its manifest, where sluice \
                doc finds it.
                """
            ]
        case .repl:
            [
                """
                source and target are the clusters, with the primitives of sluice doc --api; ctx is what a gate has. \
                Rows are shown as tables. A variable that is not local stays until the end. Lines can be piped in: \
                then the first error ends it (exit 1). --demo needs no Kafka: it brings the clusters of sluice demo.
                """,
                ":help shows the commands of the prompt.",
            ]
        case .verify:
            [
                """
                Prints one line a file: OK-UNSIGNED, INCOMPLETE, TORN-TAIL, TAMPERED, COUNT-MISMATCH or UNSUPPORTED. \
                Exits 0 only if every file is OK.
                """
            ]
        case .merge:
            [
                """
                Each SHARD is the evidence of a run with --shard: all of 0/N to N-1/N, in any order. Where one is \
                missing, there twice, altered, unfinished, or of another plan, version or cluster, or where not every \
                partition, or range of one, was scanned by exactly one of them, the run is inconclusive, and the reason \
                is named.
                """,
                """
                What comes out is evidence itself, and is verified, required and handed on like that of any run; it is \
                as old as the oldest of its shards. Exits like run, and 65 if none of the files is a shard.
                """,
            ]
        case .require:
            [
                """
                Prints each condition with what was found, and exits 0 only if all are met. The evidence has to \
                verify, to be of live clusters unless --mode says otherwise, and to have no waived gate.
                """
            ]
        case .version, .help: []
        case .completion: ["For instance: source <(sluice completion bash)"]
        }
    }
}

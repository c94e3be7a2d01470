import Gate

/// All options: the one place from which command lines are read, the environment is checked and the help is written.
enum OptionTable {
    private static let runAndPlan: Set<Command> = [.run, .plan]
    private static let runAndDemo: Set<Command> = [.run, .demo]
    private static let withEvidence: Set<Command> = [.run, .demo, .merge]
    private static let withReason: Set<Command> = [.run, .plan, .merge]
    private static let withClusters: Set<Command> = [.run, .plan, .repl]
    private static let address = "HOST:PORT[,...]"

    static let all: [OptionSpec] =
        clusters + gates + demo + tests + authoring + rounds + limits + evidence + conditions + output

    static func options(of command: Command) -> [OptionSpec] { all.filter { $0.commands.contains(command) } }

    private static let clusters: [OptionSpec] = [
        OptionSpec(
            name: .source, kind: .once(.text), placeholder: address, commands: withClusters, group: .clusters,
            doc: "bootstrap servers of the source; override the plan's"),
        OptionSpec(
            name: .target, kind: .once(.text), placeholder: address, commands: withClusters, group: .clusters,
            doc: "bootstrap servers of the target"),
        OptionSpec(
            name: .sourceConfig, kind: .once(.file), placeholder: "FILE", commands: withClusters, group: .clusters,
            doc: "Java client.properties for the source; librdkafka's names are understood too"),
        OptionSpec(
            name: .targetConfig, kind: .once(.file), placeholder: "FILE", commands: withClusters, group: .clusters,
            doc: "the same for the target"),
        OptionSpec(
            name: .property, kind: .repeatable(.hiddenAssignment("[source.|target.]key=value")),
            placeholder: "[source.|target.]key=value", commands: withClusters, group: .clusters,
            doc: "one client property; beats the files"),
        OptionSpec(
            name: .strictConfig, kind: .flag, commands: withClusters, group: .clusters,
            doc: "an unknown key of a configuration is an error, not a warning"),
        OptionSpec(
            name: .principal, kind: .repeatable(.assignment("NAME=FILE or NAME=SOURCE_FILE:TARGET_FILE")),
            placeholder: "NAME=[SOURCE_FILE:]FILE", commands: withClusters, group: .clusters,
            doc: "a principal to act as: its client.properties for the target, or for both clusters"),
        OptionSpec(
            name: .dial, kind: .repeatable(.assignment("ADVERTISED=ADDRESS")), placeholder: "ADVERTISED=ADDRESS",
            commands: withClusters, group: .clusters,
            doc: "connect to ADDRESS where the cluster advertises ADVERTISED (host:port both); TLS checks the latter"),
        OptionSpec(
            name: .mapTopics, kind: .once(.text), placeholder: "TEMPLATE", commands: withClusters, group: .clusters,
            doc: "a topic's name on the target, such as src.{topic}", standard: "{topic}"),
        OptionSpec(
            name: .mapGroups, kind: .once(.text), placeholder: "TEMPLATE", commands: withClusters, group: .clusters,
            doc: "a group's name on the target", standard: "{group}"),
    ]

    private static let gates: [OptionSpec] = [
        OptionSpec(
            name: .plan, kind: .once(.file), placeholder: "PLAN", commands: [.run], group: .gates,
            doc: "a plan (Lua or JSON): clusters, mapping, principals, gates with their arguments"),
        OptionSpec(
            name: .set, kind: .repeatable(.assignment("[GATE.]NAME=VALUE")), placeholder: "[GATE.]NAME=VALUE",
            commands: runAndPlan, group: .gates,
            doc: "one argument of a gate, read by its declared type; lists are separated by commas"),
        OptionSpec(
            name: .setFile, kind: .repeatable(.file), placeholder: "FILE", commands: runAndPlan, group: .gates,
            doc: "arguments from a file, JSON or Lua"),
        OptionSpec(
            name: .freeze, kind: .once(.file), placeholder: "FILE", commands: [.run, .plan, .require], group: .gates,
            doc: "evidence of an earlier freeze_capture: the frozen vector to judge against (require: or its id)"),
        OptionSpec(
            name: .prior, kind: .repeatable(.file), placeholder: "FILE", commands: runAndPlan, group: .gates,
            doc: "evidence of an earlier run, verified first, for gates that compare with it"),
        OptionSpec(
            name: .allow, kind: .repeatable(.words(["produce", "commit", "create", "delete", "plaintext_password"])),
            placeholder: "EFFECT,...", commands: withClusters, group: .gates,
            doc: "effects that gates may have: produce, commit, create, delete; and plaintext_password (SASL/PLAIN "
                + "without TLS)", standard: "none"),
    ]

    private static let demo: [OptionSpec] = [
        OptionSpec(
            name: .breaking, kind: .once(.word(DemoFault.allCases.map(\.rawValue))),
            placeholder: DemoFault.allCases.map(\.rawValue).joined(separator: "|"), commands: [.demo], group: .demo,
            doc: "spoil one thing, so that one gate fails"),
        OptionSpec(
            name: .keep, kind: .flag, commands: [.demo], group: .demo,
            doc: "leave the clusters up until Ctrl-C, for kcat and for gates of your own"),
        OptionSpec(
            name: .demo, kind: .flag, commands: [.repl], group: .demo,
            doc: "on the two clusters of sluice demo, inside this process, after the freeze"),
    ]

    private static let tests: [OptionSpec] = [
        OptionSpec(
            name: .filter, kind: .once(.text), placeholder: "TEXT", commands: [.test], group: .tests,
            doc: "only tests that have TEXT in their file or name"),
        OptionSpec(
            name: .mutate, kind: .flag, commands: [.test], group: .tests,
            doc: "change one fact at a time where a gate passes, and require that it stops passing"),
        OptionSpec(
            name: .format, kind: .once(.word(["text", "junit", "tap"])), placeholder: "text|junit|tap",
            commands: [.test], group: .tests, doc: "how the outcome is written to standard output", standard: "text"),
    ]

    private static let authoring: [OptionSpec] = [
        OptionSpec(
            name: .phase, kind: .once(.word(Phase.allCases.map(\.rawValue))),
            placeholder: "PHASE", commands: [.new], group: .gates,
            doc: "the phase of the migration that it belongs to: "
                + Phase.allCases.map(\.rawValue).joined(separator: ", "), standard: "preflight"),
        OptionSpec(
            name: .folder, kind: .once(.file), placeholder: "FOLDER", commands: [.new], group: .gates,
            doc: "where the files are written", standard: "here"),
    ]

    private static let rounds: [OptionSpec] = [
        OptionSpec(
            name: .wait, kind: .once(.anyDuration), placeholder: "D", commands: runAndPlan, group: .rounds,
            doc: "evaluate again, all gates a round, until every one that decides has passed, at most this long"),
        OptionSpec(
            name: .hold, kind: .once(.anyDuration), placeholder: "D", commands: runAndPlan, group: .rounds,
            doc: "with --wait: they must have passed for this long without a break", standard: "0s"),
        OptionSpec(
            name: .watch, kind: .once(.positive), placeholder: "D", commands: runAndPlan, group: .rounds,
            doc: "evaluate again for this long and stop at the first fail: a rollback trigger"),
        OptionSpec(
            name: .every, kind: .once(.positive), placeholder: "D", commands: runAndPlan, group: .rounds,
            doc: "with --wait or --watch: from the start of a round to that of the next", standard: "10s"),
    ]

    private static let limits: [OptionSpec] = [
        OptionSpec(
            name: .gateTimeout, kind: .once(.positive), placeholder: "D", commands: withClusters, group: .limits,
            doc: "for one gate, or one entry of repl; beats the gate's own", standard: "60s"),
        OptionSpec(
            name: .timeout, kind: .once(.positive), placeholder: "D", commands: [.run, .plan, .test], group: .limits,
            doc: "for the run; test: for each test", standard: "30m, plus --wait or --watch; test: 60s"),
        OptionSpec(
            name: .parallel, kind: .once(.count(1...256)), placeholder: "N", commands: runAndPlan, group: .limits,
            doc: "gates at a time", standard: "4"),
        OptionSpec(
            name: .maxRate, kind: .once(.byteRate), placeholder: "BYTES", commands: runAndPlan, group: .limits,
            doc: "read no faster than this from each cluster, such as 50MB/s", standard: "no limit"),
        OptionSpec(
            name: .shard, kind: .once(.shard), placeholder: "I/N", commands: runAndPlan, group: .limits,
            doc: "scan only this share of the partitions, from 0/N to N-1/N; sluice merge joins the evidence"),
        OptionSpec(
            name: .failFast, kind: .flag, commands: runAndPlan, group: .limits,
            doc: "start no gate after the first that failed"),
    ]

    private static let evidence: [OptionSpec] = [
        OptionSpec(
            name: .evidence, kind: .once(.file), placeholder: "FILE", commands: withEvidence, group: .evidence,
            doc: "a new file for the JSON lines; - is standard output",
            standard: "standard output; if that is a terminal, a new sluice-RUN.jsonl here"),
        OptionSpec(
            name: .change, kind: .once(.text), placeholder: "ID", commands: withReason, group: .evidence,
            doc: "the change this run belongs to; written into the evidence"),
        OptionSpec(
            name: .operatorName, kind: .once(.text), placeholder: "NAME", commands: withReason, group: .evidence,
            doc: "who runs it; written into the evidence"),
        OptionSpec(
            name: .detail, kind: .flag, commands: runAndDemo, group: .evidence,
            doc: "a line for each check; passing ones that differ only in partition share one otherwise"),
        OptionSpec(
            name: .head, kind: .once(.digest), placeholder: "sha256:...", commands: [.verify], group: .evidence,
            doc: "the head that the summary of the run gave; the file must end with it"),
    ]

    private static let conditions: [OptionSpec] = [
        OptionSpec(
            name: .verdict, kind: .once(.word(verdicts)), placeholder: "VERDICT", commands: [.require],
            group: .conditions, doc: "what the run came to, waivers applied", standard: "pass"),
        OptionSpec(
            name: .gate, kind: .repeatable(.assignment("NAME=pass")), placeholder: "NAME=VERDICT",
            commands: [.require], group: .conditions, doc: "the gate of this id or name ran and came to this verdict"),
        OptionSpec(
            name: .maxAge, kind: .once(.positive), placeholder: "D", commands: [.require], group: .conditions,
            doc: "the run ended no longer ago"),
        OptionSpec(
            name: .planDigest, kind: .once(.digest), placeholder: "SHA256", commands: [.require], group: .conditions,
            doc: "the run had this plan, as sha256sum gives it"),
        OptionSpec(
            name: .sourceID, kind: .once(.text), placeholder: "ID", commands: [.require], group: .conditions,
            doc: "the id of the source cluster"),
        OptionSpec(
            name: .targetID, kind: .once(.text), placeholder: "ID", commands: [.require], group: .conditions,
            doc: "the id of the target cluster"),
        OptionSpec(
            name: .mode, kind: .once(.word(["live", "embedded", "replay"])), placeholder: "MODE",
            commands: [.require], group: .conditions, doc: "on which clusters the run was", standard: "live"),
    ]

    static let verdicts = ["pass", "fail", "inconclusive"]

    private static let output: [OptionSpec] = [
        OptionSpec(
            name: .trace, kind: .flag, commands: runAndDemo, group: .output,
            doc: "show every event with its time"),
        OptionSpec(
            name: .progress, kind: .once(.word(["auto", "plain", "none"])), placeholder: "auto|plain|none",
            commands: runAndDemo, group: .output,
            doc: "a live line on a terminal, else plain lines with a heartbeat every 30s", standard: "auto"),
        OptionSpec(
            name: .color, kind: .once(.word(["auto", "always", "never"])), placeholder: "auto|always|never",
            commands: runAndDemo, group: .output, doc: "NO_COLOR holds for auto", standard: "auto"),
        OptionSpec(
            name: .quiet, short: "q", kind: .flag, commands: withEvidence, group: .output,
            doc: "show nothing but errors"),
        OptionSpec(
            name: .json, kind: .flag, commands: [.list, .plan, .check, .version], group: .output,
            doc: "JSON on standard output"),
        OptionSpec(
            name: .codes, kind: .flag, commands: [.check], group: .output,
            doc: "the codes of findings, with what each means"),
        OptionSpec(
            name: .api, kind: .flag, commands: [.doc], group: .output, doc: "the primitives that gates may call"),
        OptionSpec(
            name: .luacats, kind: .flag, commands: [.doc, .test], group: .output,
            doc: "what gates (test: their tests) may call as LuaCATS definitions, for editors"),
    ]
}

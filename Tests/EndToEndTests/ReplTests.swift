import Foundation
import Testing

/// `sluice repl`, fed by a pipe and on a terminal.
@Suite("Repl") struct ReplTests {
    /// Nobody listens there: what needs no cluster works all the same.
    private static let nobody = "127.0.0.1:1"

    private static func piped(_ text: String, _ options: [String] = []) async throws -> CommandLineTool.Outcome {
        let arguments = ["repl", "--source", nobody] + options
        return try await CommandLineTool.shell(
            "printf '%s' \"$1\" | { shift; exec \"$0\" \"$@\"; }", [text] + arguments)
    }

    @Test("values are shown, variables stay, an entry may take several lines")
    func values() async throws {
        let outcome = try await Self.piped(
            """
            -- nothing

            x = 20
            for i = 1, 2 do
              x = x + i
            end
            x, "a b", { 1, 2 }, { a = 1 }, nil
            function twice(n) return n * 2 end
            twice(x)
            ctx.map.topic("orders")
            ctx:subject { a = 1 }:at_most("lag", 3, 5, "records")
            :quit
            error("not reached")
            """)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.output.split(separator: "\n").map(String.init) == [
                "23", "\"a b\"", "[1, 2]", "{a=1}", "nil", "46", "orders", "pass lag: 3 <= 5 records",
            ])
        #expect(outcome.errors.isEmpty)
    }

    @Test(
        "a script stops at its first error, with exit 1",
        arguments: [
            ("x = = 1\n7", "sluice: line 1: unexpected symbol near '='"),
            ("error('mine')\n7", "sluice: prompt:1: mine"), ("source:lagg {}\n7", "did you mean 'lag'?"),
            ("source:lag {}\n7", ":lag needs 'group'"), ("for i = 1, 2 do\n", "the input ends within an entry"),
            (":doc lagg\n7", "no primitive 'lagg'; did you mean 'lag'?"), (":nope\n7", "no command :nope"),
            ("target:topics {}\n7", "undeclared name 'target'"), ("ctx.source.produce\n7", "produce"),
            ("os.exit()\n7", "undeclared name 'os'"),
        ])
    func errors(text: String, message: String) async throws {
        let outcome = try await Self.piped(text)
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.errors.contains(message), "\(outcome)")
        #expect(!outcome.output.contains("7"))
    }

    @Test("an output that is full is exit 74, whatever was to be written", arguments: ["1", ":help", "1\nerror('no')"])
    func fullOutput(text: String) async throws {
        let outcome = try await CommandLineTool.shell(
            "printf '%s\\n' \"$1\" | \"$0\" repl --source \(Self.nobody) >/dev/full", [text])
        #expect(outcome.code == 74, "\(outcome)")
        #expect(outcome.errors == "sluice: standard output: cannot be written: No space left on device (28)\n")
    }

    @Test("an input that cannot be read is no end of it")
    func unreadableInput() async throws {
        let outcome = try await CommandLineTool.shell("\"$0\" repl --source \(Self.nobody) </")
        #expect(outcome.code == 65, "\(outcome)")
        #expect(outcome.errors == "sluice: standard input: cannot be read: Is a directory (21)\n")
    }

    @Test("an entry that goes on for too many lines is refused instead of being parsed with each of them")
    func longEntry() async throws {
        func block(_ lines: Int, _ line: String = "") -> String {
            "do\n" + String(repeating: line + "\n", count: lines - 2) + "x = 1 end\n"
        }
        let longest = try await Self.piped(block(1000) + "x\n")
        #expect(longest.code == 0, "\(longest)")
        #expect(longest.output == "1\n", "\(longest)")
        let longer = try await Self.piped(block(1001) + "x\n")
        #expect(longer.code == 1, "\(longer)")
        #expect(longer.errors == "sluice: an entry is longer than 1000 lines\n", "\(longer)")
        let wider = try await Self.piped(block(9, "--" + String(repeating: "x", count: 10_000)) + "x\n")
        #expect(wider.code == 1, "\(wider)")
        #expect(wider.errors == "sluice: an entry of several lines is longer than 65536 bytes\n", "\(wider)")
    }

    @Test("the time of an entry is limited, and so is its memory")
    func limits() async throws {
        let slow = try await Self.piped("while true do end", ["--gate-timeout", "300ms"])
        #expect(slow.code == 1)
        #expect(slow.errors == "sluice: the script met its deadline\n")
        let large = try await Self.piped("t = {} for i = 1, 1000000 do t[i] = ('x'):rep(1000) .. i end")
        #expect(large.errors == "sluice: the script met its memory limit\n")
    }

    @Test("a row that failed is shown with its error")
    func failedRow() async throws {
        let outcome = try await Self.piped("source:groups {}", ["--gate-timeout", "2s"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.hasPrefix("error: "))
        #expect(outcome.output.hasSuffix("1 row\n"))
    }

    @Test("what a primitive asks can be looked up")
    func doc() async throws {
        let outcome = try await Self.piped(":doc lag\n:doc\n:help\n")
        #expect(outcome.code == 0)
        for words in [":lag{group, topics, isolation}", "  group (required)", ":committed", ":quit"] {
            #expect(outcome.output.contains(words), "\(words)")
        }
    }

    @Test("without a cluster, or with a bad option, nothing starts", arguments: [[], ["--set", "a=1"], ["x"]])
    func usage(arguments: [String]) async throws {
        #expect(try await CommandLineTool.shell("exec \"$0\" repl \"$@\" < /dev/null", arguments).code == 64)
    }

    @Test("the clusters of the demo are there without Kafka, frozen and copied, and are only read")
    func demo() async throws {
        let outcome = try await CommandLineTool.shell(
            "printf '%s' \"$1\" | SLUICE_SOURCE=\(Self.nobody) exec \"$0\" repl --demo",
            [
                """
                function ends(c) local n = 0 for _, p in ipairs(c:offsets { topics = "orders" }) do n = n + p.offset end \
                return n end
                ends(source), ends(target)
                #source:lag { group = "billing", topics = "orders" }
                source:topics { names = "orders" }[1].partitions[1].leader ~= nil
                source.produce
                """
            ])
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.output == "1200\n1200\n12\ntrue\n", "\(outcome)")
        #expect(outcome.errors.contains("produce"), "\(outcome)")
    }

    @Test(
        "the demo's clusters and others exclude each other, unless one of them stands in the environment",
        arguments: [
            ("", ["--demo", "--source", nobody], "--demo brings its own clusters; leave out --source, or it"),
            ("", ["--demo", "--target", nobody], "--demo brings its own clusters; leave out --target, or it"),
            ("", ["--target-config", "x", "--demo"], "leave out --target-config, or it; see sluice repl --help"),
            ("", ["--demo", "-X", "a=b"], "leave out -X, or it"),
            ("SLUICE_DEMO=1 SLUICE_TARGET=\(nobody)", [], "SLUICE_DEMO brings its own clusters; leave out SLUICE_T"),
        ])
    func exclusive(environment: String, arguments: [String], message: String) async throws {
        let command = "exec env \(environment) \"$0\" repl \"$@\" < /dev/null"
        let outcome = try await CommandLineTool.shell(command, arguments)
        #expect(outcome.code == 64, "\(outcome)")
        #expect(outcome.errors.contains(message), "\(outcome)")
    }

    @Test("a cluster that is typed beats SLUICE_DEMO")
    func typedBeatsDemo() async throws {
        let outcome = try await CommandLineTool.shell(
            "echo 'target:topics {}' | SLUICE_DEMO=1 exec \"$0\" repl \"$@\"", ["--source", Self.nobody])
        #expect(outcome.errors.contains("undeclared name 'target'"), "\(outcome)")
    }

    /// Types keys on a terminal that `script` makes.
    private static func typed(_ keys: String) async throws -> (outcome: CommandLineTool.Outcome, history: String) {
        let outcome = try await CommandLineTool.shell(
            """
            state=$(mktemp -d); trap 'rm -rf "$state"' EXIT
            export XDG_STATE_HOME="$state" TERM=xterm SLUICE_SOURCE=\(nobody)
            # Not before the prompt is there: until then the terminal keeps ^C for itself.
            { until grep -q 'sluice>' "$state/seen" 2> /dev/null; do sleep 0.05; done; printf "$1"; } |
                script -qefc "$0 repl" "$state/seen"; code=$?
            printf '\\n== %s\\n' "$(stat -c %a "$state/sluice/history")"
            cat "$state/sluice/history"
            exit $code
            """, [keys])
        let parts = outcome.output.components(separatedBy: "\n== ")
        return (outcome, parts.count > 1 ? parts[1] : "")
    }

    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test("on a terminal ^C ends what runs and not the prompt", .enabled(if: hasScript, "script is not installed"))
    func interrupted() async throws {
        let (outcome, _) = try await Self.typed(#"while true do end\r\003ctx:sleep(3600000)\r\003nope(\0036 * 7\r\004"#)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.components(separatedBy: "the script was interrupted").count == 3, "\(outcome)")
        #expect(outcome.output.contains("42\r\n"))
    }

    @Test("an error ends the entry alone; keys edit, recall and complete", .enabled(if: hasScript, "no script"))
    func edited() async throws {
        let (outcome, _) = try await Self.typed(
            #"nope()\rfor i = 1, 2 do\rn = i * 50\rend\rm\010n\r\033[A\033[D\033[C + 1\r:he\t\r:quit\r"#)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("undeclared name 'nope'"))
        #expect(outcome.output.contains("   ...> "))
        #expect(outcome.output.contains("\r\n100\r\n"))
        #expect(outcome.output.contains("\r\n101\r\n"))
        #expect(
            outcome.output.contains("an entry that is not finished")
                || outcome.output.contains("goes on in the next line"))
    }

    @Test(
        "the history is for its owner alone, without lines that begin with a blank",
        .enabled(if: hasScript, "no script"))
    func history() async throws {
        let (_, history) = try await Self.typed(#"a = 1\r b = 2\r\ra + 1\r:quit\r"#)
        #expect(history == "600\na = 1\na + 1\n:quit\n")
    }
}

/// The prompt on real clusters.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct ReplOnKafkaTests {
    @Test("rows of a cluster are a table, and what a variable holds can be asked on")
    func rows() async throws {
        let kafka = try await SharedKafka.source
        try await kafka.fixture.createTopic("repl-orders", partitions: 2)
        for partition in 0..<2 { try await kafka.fixture.produce(7, to: "repl-orders", partition: partition) }
        try await kafka.fixture.commit("repl-billing", "repl-orders", [0: 7, 1: 4])
        let run = try await SluiceCommand.run(
            ["repl", "--source", kafka.bootstrap],
            input: [
                "rows = source:lag { group = \"repl-billing\" }", "rows", "#rows",
                "for _, p in ipairs(rows) do", "  ctx:subject { partition = p.partition }:at_most(\"lag\", p.lag, 2)",
                "end", "source:topics { names = \"repl-orders\" }[1].partitions[2].leader",
                "source:topics { names = \"repl-gone\" }",
            ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let header = try #require(run.output.first?.split(separator: " ").map(String.init))
        #expect(header.starts(with: ["group", "topic", "partition", "committed"]))
        let lags = run.output[1...2].map { line in
            Dictionary(
                zip(header, line.split(separator: " ").map(String.init)), uniquingKeysWith: { first, _ in first })
        }
        #expect(lags.map { $0["topic"] } == ["repl-orders", "repl-orders"])
        #expect(lags.map { $0["end_offset"] } == ["7", "7"])
        #expect(lags.map { $0["lag"] } == ["0", "3"])
        #expect(run.output[3...6] == ["2 rows", "2", "pass lag: 0 <= 2", "fail lag: 3 <= 2"])
        #expect(Int(run.output[7]) != nil, "\(run.output)")
        #expect(run.output[8].contains("topic=repl-gone: error: "))
        #expect(run.output[8].contains("UNKNOWN_TOPIC_OR_PARTITION"))
        #expect(run.output[9] == "1 row")
    }
}

import KafkaClient
import Testing
import Value

@testable import Agent
@testable import Gate
@testable import sluice

@Suite struct CommandLineProgressTests {
    private let style = ProgressStyle(clean: { TerminalText.escaped($0) })

    private func summary(
        _ id: String, _ verdict: Verdict?, reasons: [Reason] = [], headline: String? = nil,
        severity: Severity = .blocker
    ) -> GateSummary {
        GateSummary(
            id: id, summary: "Summary of \(id)", verdict: verdict, severity: severity, elapsed: .milliseconds(1240),
            checks: .init(passed: 12, failed: reasons.count), subjects: 12, reasons: reasons, headline: headline)
    }

    private func reasons(_ count: Int) -> [Reason] {
        (0..<count).map {
            Reason(
                .checkFailed, "lag 12 > 0 records", subject: ["topic": "orders", "partition": .integer(Int64($0))],
                at: "lag_budget.lua:31")
        }
    }

    @Test("each verdict has a sign and a word, and colour only when it is on")
    func words() {
        let lines = GateLines(style: style).lines(
            of: summary("lag_budget", .pass, headline: "lag 0 of at most 0 records"))
        #expect(lines == ["✓ PASS          lag_budget              1.2s  lag 0 of at most 0 records"])
        #expect(GateLines(style: style).lines(of: summary("a", nil))[0].utf8.starts(with: "- SKIPPED      ".utf8))
        #expect(GateLines(style: style).lines(of: summary("a", .inconclusive))[0].utf8.starts(with: "? INCONCLU".utf8))
        var coloured = style
        coloured.palette = Palette(isOn: true)
        let red = GateLines(style: coloured).lines(of: summary("a", .fail, severity: .warning))[0]
        #expect(red.utf8.starts(with: "\u{1B}[31m✗ FAIL        \u{1B}[0m  a (warning) ".utf8))
    }

    @Test("a failure shows its first reasons and how many more there are")
    func reasonLines() {
        let lines = GateLines(style: style).lines(of: summary("lag_budget", .fail, reasons: reasons(7)))
        #expect(lines.count == 7)
        #expect(
            lines[1] == "    topic=orders partition=0 · lag 12 > 0 records · (lag_budget.lua:31)")
        #expect(lines[6] == "    … 2 more in the evidence")
        var detailed = style
        detailed.isDetailed = true
        #expect(GateLines(style: detailed).lines(of: summary("lag_budget", .fail, reasons: reasons(7))).count == 8)
    }

    @Test("lines keep to the width of the terminal")
    func width() {
        let lines = GateLines(style: style, columns: 60).lines(
            of: summary("lag_budget", .fail, reasons: reasons(2), headline: "lag 12 of at most 0 records"))
        #expect(lines.allSatisfy { TextWidth.of($0) <= 70 })
        #expect(lines.dropFirst(2).allSatisfy { TextWidth.of($0) <= 60 })
    }

    @Test("text from clusters and gates cannot drive the terminal")
    func hostile() {
        let reason = Reason(
            .scriptError, "\u{1B}]0;title\u{07}", subject: ["topic": "\u{1B}[2Jorders\n"], at: "\u{1B}[A.lua:1")
        var view = TerminalProgress(style: style)
        var text = view.take(.started(run: "r", gates: 2), at: .zero, columns: 80)
        text += view.take(
            .gateFinished(summary("\u{202E}gate", .fail, reasons: [reason], headline: "\u{9B}31m")), at: .zero,
            columns: 80)
        text += view.take(.warning("\u{1B}[31m"), at: .zero, columns: 80)
        text += view.take(.clusterLost(side: .source, bootstrap: "\u{7}:1", message: "\u{1B}c"), at: .zero, columns: 80)
        let own = text.unicodeScalars.split(separator: "\r").joined()
        #expect(own.count { $0 == "\u{1B}" } == text.unicodeScalars.count { $0 == "\r" })
        #expect(!text.unicodeScalars.contains { ["\u{07}", "\u{9B}", "\u{202E}"].contains($0) })
    }

    @Test("on a terminal the last line tells what runs, and is written anew")
    func liveLine() {
        var view = TerminalProgress(style: style)
        #expect(view.take(.started(run: "r", gates: 2), at: .zero, columns: 80) == "0.0s · 0 of 2 gates ended")
        let started = view.take(.gateStarted(id: "lag_budget", attempt: 1), at: .seconds(1), columns: 80)
        #expect(started == "\r\u{1B}[K1.0s · 0 of 2 gates ended · lag_budget 0.0s")
        let ticked = view.tick(at: .seconds(3), columns: 30)
        #expect(ticked == "\r\u{1B}[K3.0s · 0 of 2 gates ended · …")
        let ended = view.take(.gateFinished(summary("lag_budget", .pass, headline: "h")), at: .seconds(4), columns: 80)
        #expect(ended.utf8.starts(with: "\r\u{1B}[K✓ PASS".utf8))
        #expect(ended.utf8.reversed().starts(with: "\n4.0s · 1 of 2 gates ended".utf8.reversed()))
        #expect(view.end() == "\r\u{1B}[K")
        #expect(view.end() == "")
    }

    @Test("a gate that scans shows how far it is, how fast, and how long it will take")
    func scan() {
        var view = TerminalProgress(style: style)
        _ = view.take(.started(run: "r", gates: 1), at: .zero, columns: 200)
        var scan = ScanProgress()
        scan.offsets = 4_000_000
        scan.done = 1_000_000
        scan.records = 999_950
        scan.bytes = 310_500_000
        scan.elapsed = .seconds(3)
        let now = scan
        let text = view.take(.gateStarted(id: "topic_digest", attempt: 1) { now }, at: .seconds(1), columns: 200)
        #expect(
            text.hasSuffix("topic_digest 0.0s [██░░░░░░░░] 25% 999.9k records 310.5MB at 103.5MB/s, 9.0s left"),
            "\(text)")
        // Off a terminal the heartbeat says so.
        var plain = PlainProgress(style: style, isTracing: false)
        _ = plain.take(.started(run: "r", gates: 1), at: .zero, columns: 80)
        _ = plain.take(.gateStarted(id: "topic_digest", attempt: 1) { now }, at: .zero, columns: 80)
        #expect(plain.tick(at: .seconds(30), columns: 80).contains("% 999.9k records"))
    }

    @Test("what a scan does not know yet is not said, and no count is too large", arguments: [true, false])
    func scanEdges(isUnicode: Bool) {
        let text = ScanText(isUnicode: isUnicode)
        var scan = ScanProgress()
        #expect(text.of(scan).hasSuffix("] 100% 0 records 0B"))
        scan.offsets = 10
        #expect(text.of(scan) == "[\(String(repeating: isUnicode ? "░" : "-", count: 10))] 0% 0 records 0B")
        scan.elapsed = .seconds(5)
        #expect(text.of(scan).hasSuffix("0% 0 records 0B at 0B/s"))
        scan.offsets = .max
        scan.done = 1
        scan.records = 1
        scan.bytes = .max
        #expect(text.of(scan).hasSuffix("0% 1 record 9.2EB at 1.8EB/s"))
        scan.done = .max
        #expect(text.of(scan).hasSuffix("100% 1 record 9.2EB at 1.8EB/s"))
    }

    @Test("off a terminal nothing is redrawn, and a heartbeat comes every 30 seconds of silence")
    func heartbeat() {
        var view = PlainProgress(style: style, isTracing: false)
        #expect(view.take(.started(run: "r", gates: 2), at: .zero, columns: 80) == "")
        #expect(view.take(.gateStarted(id: "lag_budget", attempt: 1), at: .seconds(1), columns: 80) == "")
        #expect(view.tick(at: .seconds(29), columns: 80) == "")
        #expect(view.tick(at: .seconds(31), columns: 80) == "31.0s: 0 of 2 gates ended; running lag_budget 30.0s\n")
        #expect(view.tick(at: .seconds(60), columns: 80) == "")
        #expect(view.tick(at: .seconds(61), columns: 80) == "1m01s: 0 of 2 gates ended; running lag_budget 1m00s\n")
    }

    @Test("of rounds only a change is told")
    func rounds() {
        for view in [TerminalProgress(style: style) as any ProgressView, PlainProgress(style: style, isTracing: false)]
        {
            var view = view
            var lines: [Bool] = []
            for (round, passed) in [(1, 1), (2, 1), (3, 2)] {
                _ = view.take(.roundStarted(round), at: .seconds(round), columns: 80)
                let text = view.take(
                    .roundFinished(round: round, passed: passed, of: 2, held: nil), at: .seconds(round), columns: 80)
                lines.append(text.utf8.contains(UInt8(ascii: "\n")))
            }
            #expect(lines == [true, false, true])
        }
    }

    @Test("a trace has every event with its time")
    func trace() {
        var view = PlainProgress(style: style, isTracing: true)
        let started = view.take(.gateStarted(id: "a", attempt: 2), at: .milliseconds(1007), columns: 80)
        #expect(started == "[+1.007s] a started, attempt 2\n")
        #expect(view.take(.warning("w"), at: .zero, columns: 80) == "[+0.000s] warning: w\n")
    }

    @Test("quiet shows no warning, no progress shows nothing else")
    func quiet() {
        var quiet = QuietProgress(style: style, showsWarnings: false)
        #expect(quiet.take(.warning("w"), at: .zero, columns: 80) == "")
        #expect(quiet.say("sluice: interrupted", at: .zero, columns: 80) == "sluice: interrupted\n")
        var none = QuietProgress(style: style, showsWarnings: true)
        #expect(none.take(.warning("w"), at: .zero, columns: 80) == "warning: w\n")
        #expect(none.take(.gateFinished(summary("a", .fail)), at: .zero, columns: 80) == "")
    }

    @Test("colour follows the option, then NO_COLOR, then the terminal")
    func colour() {
        func isOn(_ option: String?, _ isTerminal: Bool, _ variables: [String: String]) -> Bool {
            Palette.choose(option, isTerminal: isTerminal, variable: { variables[$0] }).isOn
        }
        #expect(isOn(nil, true, ["TERM": "xterm"]))
        #expect(!isOn(nil, false, [:]))
        #expect(!isOn("auto", true, ["NO_COLOR": "1"]))
        #expect(isOn("auto", true, ["NO_COLOR": ""]))
        #expect(!isOn(nil, true, ["TERM": "dumb"]))
        #expect(isOn("always", false, ["NO_COLOR": "1"]))
        #expect(!isOn("never", true, [:]))
    }
}

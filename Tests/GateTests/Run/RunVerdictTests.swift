import Gate
import Testing

@Suite("RunVerdict")
struct RunVerdictTests {
    private func gate(
        _ result: Verdict?, _ severity: Severity = .blocker, named: Bool = false, waived: Bool = false
    ) -> GateStanding {
        GateStanding(
            id: "g", severity: severity, isNamed: named, result: result.map { .verdict($0) } ?? .skipped,
            isWaived: waived)
    }

    @Test("all gates passed: pass, exit 0")
    func pass() {
        let run = RunVerdict([gate(.pass), gate(.pass, .warning)])
        #expect(run.verdict == .pass && run.effective == .pass && run.exitCode == 0)
        #expect(run.counts == .init(pass: 2))
    }

    @Test("no gates: inconclusive")
    func none() { #expect(RunVerdict([]).exitCode == 2) }

    @Test("a fail beats what is inconclusive, and that beats passes")
    func worst() {
        #expect(RunVerdict([gate(.pass), gate(.inconclusive), gate(.fail)]).exitCode == 1)
        #expect(RunVerdict([gate(.inconclusive), gate(.pass)]).exitCode == 2)
    }

    @Test("a skipped blocker is no pass, a skipped warning changes nothing")
    func skipped() {
        let run = RunVerdict([gate(.pass), gate(nil)])
        #expect(run.verdict == .inconclusive && run.counts == .init(pass: 1, skipped: 1))
        #expect(RunVerdict([gate(.pass), gate(nil, .warning)]).verdict == .pass)
        #expect(RunVerdict([gate(nil)]).exitCode == 2)
    }

    @Test("a warning is counted and does not decide, unless it was named")
    func warning() {
        for verdict in [Verdict.fail, .inconclusive] {
            let run = RunVerdict([gate(.pass), gate(verdict, .warning)])
            #expect(run.verdict == .pass && run.counts == .init(pass: 1, warned: 1))
        }
        let named = RunVerdict([gate(.pass), gate(.fail, .warning, named: true)])
        #expect(named.verdict == .fail && named.counts == .init(pass: 1, fail: 1))
    }

    @Test("nothing but warnings that did not pass shows nothing")
    func onlyWarnings() {
        #expect(RunVerdict([gate(.fail, .warning)]).exitCode == 2)
        #expect(RunVerdict([gate(.pass, .warning)]).exitCode == 0)
    }

    @Test("a waiver changes the effective verdict alone")
    func waived() {
        let run = RunVerdict([gate(.pass), gate(.fail, waived: true)])
        #expect(run.verdict == .fail && run.effective == .pass && run.exitCode == 0)
        #expect(run.counts == .init(pass: 1, waived: 1))
        #expect(RunVerdict([gate(.fail, waived: true), gate(.fail)]).exitCode == 1)
        #expect(gate(nil, waived: true).effective == nil)
        #expect(RunVerdict([gate(.pass), gate(nil, waived: true)]).exitCode == 2)
    }

    @Test("what is wrong with the run itself counts, whatever its gates say")
    func ofTheRun() {
        #expect(RunVerdict([gate(.pass)], ofTheRun: .inconclusive).exitCode == 2)
        #expect(RunVerdict([], ofTheRun: .fail).exitCode == 1)
        #expect(RunVerdict([gate(.inconclusive)], ofTheRun: .fail).exitCode == 1)
    }
}

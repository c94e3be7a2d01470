import Evidence
import Gate
import KafkaClient
import Transport
import Value

/// The gates of a run over the rounds of `--wait` or `--watch`: evidence where a check changes, and how long all held.
struct GateSeries {
    fileprivate struct Member {
        let track: GateTrack
        var rounds = RoundSeries()
        var hold: HoldClock
        var usage = GateUsage()
        var elapsed = Duration.zero
        var attempts = 0
        /// The number of the last round in which the gate ran.
        var lastAttempt = 0
        var last: RoundOfGates.Standing?
        var lastRecords: [LedgerRecord] = []
        /// Notes and failed reads of the last round in which it ran: what only repeats them is not written again.
        var lastNotes: Set<NoteRecord> = []
        var lastReads: Set<FailedReadList.Entry> = []
        /// The first round of a watch that was no pass.
        var doubt: AttemptResult?
    }

    private let runner: Runner
    private let isWatch: Bool
    private var members: [Member]
    private var hold: HoldClock
    /// Whether any gate decides the run; else what is waited for is all of them.
    private let isDecided: Bool

    init(runner: Runner, hold: Duration, every: Duration, isWatch: Bool = false) {
        self.runner = runner
        self.isWatch = isWatch
        let clock = HoldClock(requiredNs: hold.nanoseconds, everyNs: every.nanoseconds)
        self.hold = clock
        members = runner.run.steps.map { Member(track: GateTrack(step: $0, runner: runner), hold: clock) }
        isDecided = runner.run.steps.contains(where: \.decides)
    }

    /// Ids of the gates that have not run in any round yet.
    var unstarted: Set<String> { Set(members.filter { $0.attempts == 0 }.map { $0.track.step.id }) }

    /// Whether every deciding gate has passed for as long as required.
    var isHeld: Bool { hold.isReached }

    /// Whether a deciding gate failed in the last round.
    var hasFailed: Bool {
        members.contains { decides($0) && $0.last?.result.outcome.verdict == .fail }
    }

    private func decides(_ member: Member) -> Bool { member.track.step.decides || !isDecided }

    mutating func take(
        _ standings: [RoundOfGates.Standing], attempt: Int, from began: ContinuousClock.Instant,
        to ended: ContinuousClock.Instant, since start: ContinuousClock.Instant
    ) {
        let from = start.duration(to: began).nanoseconds
        let to = start.duration(to: ended).nanoseconds
        var allPassed = true
        for (index, standing) in standings.enumerated() where members.indices.contains(index) {
            let passed = standing.result.outcome.verdict == .pass
            if decides(members[index]), !passed { allPassed = false }
            members[index].hold.round(from: from, to: to, passed: passed)
            members[index].take(standing, attempt: attempt)
        }
        hold.round(from: from, to: to, passed: allPassed)
    }

    func report(_ attempt: Int, to observer: any RunObserver) {
        let passed = members.count { $0.last?.result.outcome.verdict == .pass }
        let held = hold.requiredNs > 0 ? Duration.nanoseconds(hold.achievedNs) : nil
        observer.observe(.roundFinished(round: attempt, passed: passed, of: members.count, held: held))
    }

    /// Writes the last line of each gate.
    ///
    /// `isWatched`: Whether a watch went on to its end.
    func finished(isWatched: Bool) -> [GateStanding] {
        members.map { member in
            member.writeSums()
            let step = member.track.step
            guard let last = member.last else { return GateStanding(step, .skipped) }
            let outcome = runner.outcome(of: step, outcome(of: member, last: last.result, isWatched: isWatched))
            let held = GateFinished.Hold(
                requiredUs: member.hold.requiredNs / 1000, achievedUs: member.hold.achievedNs / 1000,
                samples: member.hold.samples)
            runner.finish(
                step, outcome, attempts: member.attempts, elapsed: member.elapsed, usage: member.usage, hold: held,
                headline: Headline.of(member.lastRecords), isSkipped: last.isSkipped)
            return GateStanding(step, last.isSkipped ? .skipped : .verdict(outcome.verdict))
        }
    }

    private func outcome(of member: Member, last: AttemptResult, isWatched: Bool) -> GateOutcome {
        if isWatch { return watched(member, last: last, isWatched: isWatched) }
        // The hold is of all gates at once: one that passed while another broke it has not been held.
        guard last.outcome.verdict == .pass, !isHeld, hold.requiredNs > 0 else { return last.outcome }
        let achieved = DurationText.format(.milliseconds(member.hold.achievedNs / 1_000_000))
        let required = DurationText.format(.milliseconds(hold.requiredNs / 1_000_000))
        return last.outcome.withheld(Reason(.hold, "passed, but held for \(achieved) of the \(required) required"))
    }

    /// What was asked is that it passes all the while: somebody has to have looked all the while.
    private func watched(_ member: Member, last: AttemptResult, isWatched: Bool) -> GateOutcome {
        guard last.outcome.verdict == .pass, member.doubt == nil else {
            return last.outcome.verdict == .fail ? last.outcome : member.doubt?.outcome ?? last.outcome
        }
        if !isWatched {
            return last.outcome.withheld(Reason(.deadline, "passed, but the run ended before the watch did"))
        }
        guard let gap = member.hold.longestBreakNs else { return last.outcome }
        let length = DurationText.format(.milliseconds(gap / 1_000_000))
        return last.outcome.withheld(Reason(.hold, "passed, but for \(length) nobody looked"))
    }
}

extension GateSeries.Member {
    fileprivate mutating func take(_ standing: RoundOfGates.Standing, attempt: Int) {
        last = standing
        if standing.result.outcome.verdict != .pass, doubt == nil { doubt = standing.result }
        guard standing.result.hasRun else { return }
        attempts += 1
        lastAttempt = attempt
        usage.add(standing.result)
        elapsed += standing.result.elapsed
        rounds.beginRound()
        lastRecords = standing.result.records
        var changed: [Evidence.CheckRecord] = []
        var notes: Set<NoteRecord> = []
        for record in standing.result.records {
            switch record {
            case .check(let check):
                let seen = rounds.observe(check)
                if seen.isChange { changed.append(Evidence.CheckRecord(check, rounds: seen.rounds)) }
            case .unknown(let unknown):
                if rounds.observe(unknown).isChange { track.write(unknown, attempt: attempt) }
            case .note(let note):
                if !lastNotes.contains(note) { track.write(note) }
                notes.insert(note)
            }
        }
        track.write(checks: changed, attempt: attempt)
        for read in standing.result.failedReads where !lastReads.contains(read) { track.write(read) }
        lastNotes = notes
        lastReads = Set(standing.result.failedReads)
    }

    /// The sums of every check over all rounds, as the last round left them.
    fileprivate func writeSums() {
        guard attempts > 1 else { return }
        let sums = lastRecords.compactMap { record -> Evidence.CheckRecord? in
            guard case .check(let check) = record else { return nil }
            return Evidence.CheckRecord(check, rounds: rounds.rounds(of: check.check, check.subject))
        }
        track.write(checks: sums, attempt: lastAttempt)
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let total = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
        return whole.overflow || total.overflow ? (seconds < 0 ? .min : .max) : total.partialValue
    }
}

import Evidence
import Gate
import Guarding
import HostSystem
import KafkaClient
import Transport
import Value

/// Carries a prepared run through: evidence, contact, rounds of gates, verdict.
struct Runner: Sendable {
    let run: PreparedRun
    let environment: AgentEnvironment
    let observer: any RunObserver
    let interruption: Interruption
    let id: RunID
    let log: EvidenceLog
    let start: ContinuousClock.Instant
    let clock: RunClock
    private let ledger = RequestLedger()

    static func run(
        _ run: PreparedRun, _ environment: AgentEnvironment, evidence: any EvidenceSink, observer: any RunObserver,
        interruption: Interruption
    ) async -> RunResult {
        var random = SystemRandomNumberGenerator()
        let id = RunID(unixMs: environment.clock.now().wallUs / 1000, using: &random)
        let writer = EvidenceWriter(sink: evidence, run: id, clock: environment.clock, secrets: environment.secrets)
        // Evidence that cannot be written ends the run as an interruption would, but with its own exit code.
        let log = EvidenceLog(writer) { interruption.interrupt(.evidenceLost) }
        let runner = Runner(
            run: run, environment: environment, observer: observer, interruption: interruption, id: id, log: log,
            start: environment.time.now, clock: RunClock(environment.clock))
        return await runner.carried()
    }

    private func carried() async -> RunResult {
        log.write { (writer) throws(EvidenceError) in try writer.start(started) }
        observer.observe(.started(run: id.text, gates: run.steps.count))
        let (standings, ofTheRun) = await gates()
        // Read once: a signal from here on comes too late to change a verdict that is about to be written.
        let interrupted = interruption.exitCode
        // A share is never the whole, whatever its gates say.
        let isWhole = interrupted == nil && run.request.shard == nil
        let verdict = RunVerdict(standings, ofTheRun: ofTheRun.combined(with: isWhole ? .pass : .inconclusive))
        return finished(verdict, interrupted: interrupted)
    }

    /// The end of the whole run.
    private var deadline: Deadline {
        let extra = run.request.wait ?? run.request.watch ?? .zero
        return .after(run.request.timeout ?? .seconds(1800) + extra, now: start)
    }

    private func gates() async -> (standings: [GateStanding], ofTheRun: Verdict) {
        let reactor: Reactor
        do {
            reactor = try Reactor()
        } catch {
            let reason = Reason(.limit, "the system gives no thread or pipe (errno \(error.number))")
            observer.observe(.warning(reason.message))
            return (stopped(because: reason, isSkipped: false), .inconclusive)
        }
        defer { reactor.stop() }
        return await TaskNursery.with { nursery in
            let connections = ClusterConnections(
                run, reactor: reactor, nursery: nursery, ledger: ledger, environment: environment)
            defer { connections.closeAll() }
            let deadline = deadline
            let contact = await Contact.make(self, connections, by: deadline)
            guard contact.failures.isEmpty else {
                for failure in contact.failures { observer.observe(.warning(failure)) }
                let reason = Reason(.needs, contact.failures.joined(separator: "; "))
                return (stopped(because: reason, isSkipped: true), .fail)
            }
            let rounds = RoundPlan(runner: self, connections: connections, contact: contact, deadline: deadline)
            return (await rounds.standings(), .pass)
        }
    }

    /// No gate runs: the clusters are not the ones that were meant, or this machine has nothing left to run on.
    private func stopped(because reason: Reason, isSkipped: Bool) -> [GateStanding] {
        run.steps.map { step in
            let outcome = GateOutcome.notRun(reason)
            finish(step, outcome, attempts: 0, elapsed: .zero, usage: .init(), isSkipped: isSkipped)
            return GateStanding(step, isSkipped ? .skipped : .verdict(outcome.verdict))
        }
    }

    // MARK: Evidence

    private var started: RunStarted {
        let gates = run.steps.map { step in
            RunStarted.Gate(
                id: step.id, gate: step.manifest.name, path: step.file.path, sha256: step.file.digest,
                severity: step.manifest.severity.rawValue, effects: step.manifest.effects.map(\.rawValue))
        }
        var limits: [ByteString: Value] = [:]
        for limit in Agent.limits { limits[ByteString(limit.name)] = .integer(limit.value) }
        return RunStarted(
            tool: RunStarted.Tool(
                name: "sluice", version: environment.version, commit: environment.commit, lua: Agent.luaVersion,
                os: Agent.operatingSystem, arch: Agent.architecture),
            mode: run.request.isEmbedded ? .embedded : .live, argv: run.request.argv, host: environment.host.hostName(),
            operatorName: run.request.operatorName ?? environment.host.variable("USER"),
            change: run.request.change ?? run.plan?.change,
            plan: run.plan.map { plan in
                RunStarted.Plan(name: plan.name, path: plan.file, sha256: run.planDigest ?? "")
            }, gates: gates,
            freeze: run.earlier.freeze.map { .init(id: $0.id, path: $0.path, run: $0.run, head: $0.head) },
            prior: run.earlier.prior.map {
                .init(
                    path: $0.path, run: $0.verification.run ?? "", head: $0.verification.head ?? "",
                    finished: $0.finishedUs.map(Timestamp.text(unixUs:)))
            },
            share: run.share.map { share in
                RunStarted.Share(
                    index: share.shard.index, count: share.shard.count, work: share.work,
                    split: run.steps.filter(\.manifest.shardable).map(\.id),
                    decides: run.steps.filter(\.decides).map(\.id))
            }, limits: limits)
    }

    /// What came of a gate whose lines are all written.
    ///
    /// Its verdict stands where lines were left out, but for a capture: what it was to take stock of is not all there.
    func outcome(of step: PreparedRun.Step, _ outcome: GateOutcome) -> GateOutcome {
        let isTruncated = outcome.isTruncated || log.writer.droppedLines(ofGate: step.id) > 0
        let isGood = outcome.verdict == .pass || outcome.isGoodShare
        guard isTruncated, step.manifest.tags.contains("capture"), isGood else { return outcome }
        return outcome.withheld(
            Reason(.limit, "what was captured is not whole: lines stop at \(EvidenceLimits.gateBytes >> 20) MiB"))
    }

    /// A gate's last line, and the news of it.
    func finish(
        _ step: PreparedRun.Step, _ outcome: GateOutcome, attempts: Int, elapsed: Duration, usage: GateUsage,
        share: UnitBook.Account? = nil, hold: GateFinished.Hold? = nil, headline: String? = nil, isSkipped: Bool = false
    ) {
        let line = GateFinished(
            gate: step.id, verdict: EvidenceVerdict(outcome.verdict), reasons: outcome.reasons.map { .init($0) },
            checks: .init(
                passed: outcome.checks.passed, failed: outcome.checks.failed, unknown: outcome.checks.unknown),
            subjects: outcome.subjects, isTruncated: outcome.isTruncated,
            share: share.map {
                .init(units: $0.taken.count, total: $0.total, digest: $0.digest, basis: $0.basis.rawValue)
            }, hold: hold, attempts: attempts,
            durationUs: elapsed.microseconds,
            usage: .init(
                requests: usage.requests, bytesIn: Int64(usage.bytesIn), rttUs: usage.roundTrip.microseconds,
                luaPeakBytes: usage.luaPeakBytes))
        log.write { (writer) throws(EvidenceError) in try writer.finishGate(line) }
        observer.observe(
            .gateFinished(
                GateSummary(
                    id: step.id, summary: step.manifest.summary, verdict: isSkipped ? nil : outcome.verdict,
                    severity: step.manifest.severity, elapsed: elapsed, checks: outcome.checks,
                    subjects: outcome.subjects, reasons: outcome.reasons, headline: headline)))
    }

    private func finished(_ verdict: RunVerdict, interrupted: ExitCode?) -> RunResult {
        let code: ExitCode =
            if log.problem != nil {
                .evidenceLost
            } else if let interrupted {
                interrupted
            } else {
                ExitCode(rawValue: verdict.exitCode) ?? .software
            }
        var head: String?
        log.write { (writer) throws(EvidenceError) in
            head = try writer.finish(
                RunFinished(
                    verdict: EvidenceVerdict(verdict.verdict), effective: EvidenceVerdict(verdict.effective),
                    exitCode: Int(code.rawValue), gates: .init(verdict.counts),
                    durationUs: start.duration(to: environment.time.now).microseconds, requests: ledger.counts))
        }
        let problem = log.problem.map { "\($0)" }
        return RunResult(
            exitCode: problem == nil ? code : .evidenceLost, run: id.text, verdict: verdict, head: head,
            evidenceProblem: problem)
    }
}

extension GateStanding {
    init(_ step: PreparedRun.Step, _ result: Result) {
        self.init(id: step.id, severity: step.manifest.severity, isNamed: step.isNamed, result: result)
    }
}

import Evidence
import Gate
import HostSystem
import KafkaClient
import Synchronization
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
            start: .now)
        return await runner.carried()
    }

    private func carried() async -> RunResult {
        log.write { (writer) throws(EvidenceError) in try writer.start(started) }
        observer.observe(.started(run: id.text, gates: run.steps.count))
        let (standings, ofTheRun) = await gates()
        return finished(RunVerdict(standings, ofTheRun: ofTheRun))
    }

    private func gates() async -> (standings: [GateStanding], ofTheRun: Verdict) {
        let reactor: Reactor
        do {
            reactor = try Reactor()
        } catch {
            observer.observe(.warning("the system gives no thread or pipe (errno \(error.number))"))
            return ([], .inconclusive)
        }
        defer { reactor.stop() }
        return await TaskNursery.with { nursery in
            let connections = ClusterConnections(
                run, reactor: reactor, nursery: nursery, ledger: RequestLedger(), environment: environment)
            defer { connections.closeAll() }
            let contact = await Contact.make(run, connections, log: log, observer: observer)
            guard contact.failures.isEmpty else {
                for failure in contact.failures { observer.observe(.warning(failure)) }
                return (stopped(because: contact.failures), .fail)
            }
            let rounds = RoundPlan(runner: self, connections: connections, contact: contact)
            let standings = await rounds.standings()
            return (standings, interruption.exitCode == nil ? .pass : .inconclusive)
        }
    }

    /// No gate runs where the clusters are not the ones that were meant.
    private func stopped(because failures: [String]) -> [GateStanding] {
        run.steps.map { step in
            let reason = Reason(.needs, failures.joined(separator: "; "))
            finish(step, .notRun(reason), attempts: 0, elapsed: .zero, usage: .init(), isSkipped: true)
            return GateStanding(id: step.id, severity: step.manifest.severity, isNamed: step.isNamed, result: .skipped)
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
            mode: .live, argv: run.request.argv, host: environment.host.hostName(),
            operatorName: run.request.operatorName, change: run.request.change ?? run.plan?.change,
            plan: run.plan.map { plan in
                RunStarted.Plan(name: plan.name, path: plan.file, sha256: run.planDigest ?? "")
            }, gates: gates, limits: limits)
    }

    /// A gate's last line, and the news of it.
    func finish(
        _ step: PreparedRun.Step, _ outcome: GateOutcome, attempts: Int, elapsed: Duration, usage: GateUsage,
        hold: GateFinished.Hold? = nil, headline: String? = nil, isSkipped: Bool = false
    ) {
        let line = GateFinished(
            gate: step.id, verdict: EvidenceVerdict(outcome.verdict), reasons: outcome.reasons.map { .init($0) },
            checks: .init(
                passed: outcome.checks.passed, failed: outcome.checks.failed, unknown: outcome.checks.unknown),
            subjects: outcome.subjects, hold: hold, attempts: attempts, durationUs: elapsed.microseconds,
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

    private func finished(_ verdict: RunVerdict) -> RunResult {
        let code: ExitCode =
            if log.problem != nil {
                .evidenceLost
            } else if let interrupted = interruption.exitCode {
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
                    durationUs: start.duration(to: .now).microseconds))
        }
        let problem = log.problem.map { "\($0)" }
        return RunResult(
            exitCode: problem == nil ? code : .evidenceLost, run: id.text, verdict: verdict, head: head,
            evidenceProblem: problem)
    }
}

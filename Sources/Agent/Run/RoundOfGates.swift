import Evidence
import Gate
import KafkaClient
import Transport
import Value

/// Runs all gates of a run once: in parallel, each after those it needs.
struct RoundOfGates: Sendable {
    let runner: Runner
    let connections: ClusterConnections
    let contact: Contact
    let attempt: Int
    /// The end of the whole run.
    let deadline: Deadline
    /// Ids of the gates that have not run in an earlier round.
    let starting: Set<String>

    /// What came of each gate, in the order of the steps; `isSkipped`: it did not run because of another.
    struct Standing: Sendable {
        let result: AttemptResult
        let isSkipped: Bool
    }

    /// `onEnd`: Called as each gate ends.
    func run(onEnd: @Sendable (Int, Standing) -> Void) async -> [Standing] {
        let steps = runner.run.steps
        var standings = [Standing?](repeating: nil, count: steps.count)
        let places = Dictionary(steps.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var queue = NeedsQueue(steps.map { $0.needs.compactMap { places[$0] } })
        var running = 0
        var hasFailed = false
        await withTaskGroup(of: (Int, AttemptResult).self) { group in
            func end(_ index: Int, _ standing: Standing) {
                standings[index] = standing
                queue.end(index)
                onEnd(index, standing)
            }
            while true {
                while running < max(1, runner.run.request.parallel), let next = queue.next() {
                    // Of the others a gate is told no more than it needs: there may be thousands.
                    let needed = steps[next].needs.compactMap { places[$0] }.compactMap { place in
                        standings[place].map { standing in
                            GateStanding(
                                steps[place],
                                standing.isSkipped ? .skipped : .verdict(standing.result.outcome.verdict))
                        }
                    }
                    if let reason = reasonNotToRun(steps[next], after: needed, hasFailed: hasFailed) {
                        let isSkipped = reason.code == .needs || reason.code == .failFast
                        end(next, Standing(result: .notRun(.notRun(reason)), isSkipped: isSkipped))
                        continue
                    }
                    running += 1
                    group.addTask { (next, await evaluate(steps[next])) }
                }
                guard let (index, result) = await group.next() else { break }
                running -= 1
                if steps[index].decides, result.outcome.verdict == .fail { hasFailed = true }
                end(index, Standing(result: result, isSkipped: false))
            }
        }
        return standings.compactMap { $0 }
    }

    /// `needed`: What became of the gates that the step needs, as far as they are part of this run.
    private func reasonNotToRun(
        _ step: PreparedRun.Step, after needed: [GateStanding], hasFailed: Bool
    ) -> Reason? {
        if runner.interruption.exitCode != nil {
            return Reason(.interrupted, "the run was interrupted before the gate")
        }
        if deadline.hasPassed { return Reason(.deadline, "the run's timeout passed before the gate") }
        if hasFailed, runner.run.request.failFast { return Reason(.failFast, "an earlier gate failed") }
        let known = Dictionary(needed.map { ($0.id, $0) }) { first, _ in first }
        if let unmet = GateStanding.unmet(step.needs, in: known) { return unmet }
        guard !step.manifest.probes else { return nil }
        let lost = ClusterSide.allCases.filter { step.sides.contains($0) }.compactMap { contact.unreachable[$0] }
        return lost.isEmpty ? nil : Reason(.unreachable, lost.joined(separator: "; "))
    }

    private func evaluate(_ step: PreparedRun.Step) async -> AttemptResult {
        if starting.contains(step.id) {
            runner.log.append(
                GateStarted(
                    gate: step.id, summary: step.manifest.summary, attempt: attempt,
                    args: step.arguments.entries.map {
                        GateStarted.Argument(name: $0.name, value: $0.value, origin: $0.origin)
                    }))
        }
        let patience =
            runner.run.request.gateTimeout ?? step.manifest.timeoutMs.map { .milliseconds($0) } ?? .seconds(60)
        let session = GateSession(
            step: step, connections: connections, mapping: runner.run.mapping,
            declared: runner.run.plan?.declared ?? Plan.nothingDeclared, earlier: runner.run.earlier,
            units: step.manifest.shardable
                ? runner.run.request.shard.map { UnitBook($0, freeze: runner.run.earlier.freeze, of: step) } : nil,
            deadline: deadline.atMost(patience, now: runner.environment.time.now), log: runner.log,
            clock: runner.clock, time: runner.environment.time, secrets: runner.environment.secrets)
        let (meter, time) = (session.meter, runner.environment.time)
        runner.observer.observe(
            .gateStarted(id: step.id, attempt: attempt) { meter.scans.progress(at: time.now) })
        return await GateAttempt.run(session, interruption: runner.interruption)
    }
}

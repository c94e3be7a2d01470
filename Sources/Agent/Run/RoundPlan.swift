import Evidence
import Gate
import KafkaClient
import Synchronization
import Transport
import Value

/// Evaluates the gates of a run once, or again and again under `--wait` and `--watch`.
struct RoundPlan: Sendable {
    let runner: Runner
    let connections: ClusterConnections
    let contact: Contact

    private var request: RunRequest { runner.run.request }

    func standings() async -> [GateStanding] {
        let extra = request.wait ?? request.watch ?? .zero
        let patience = request.timeout ?? .seconds(1800) + extra
        let deadline = Deadline.after(patience)
        if let watch = request.watch { return await watched(for: watch, by: deadline) }
        if let wait = request.wait { return await waited(atMost: wait, by: deadline) }
        return await once(by: deadline)
    }

    private func round(_ attempt: Int, by deadline: Deadline) -> RoundOfGates {
        RoundOfGates(
            runner: runner, connections: connections, contact: contact, attempt: attempt, deadline: deadline)
    }

    // MARK: Once

    private func once(by deadline: Deadline) async -> [GateStanding] {
        let steps = runner.run.steps
        let results = await round(1, by: deadline).run { index, standing in
            let track = GateTrack(step: steps[index], runner: runner)
            track.writeAll(standing.result, attempt: 1)
            track.finish(standing, attempts: 1)
        }
        return zip(steps, results).map { step, standing in
            GateStanding(
                id: step.id, severity: step.manifest.severity, isNamed: step.isNamed,
                result: standing.isSkipped ? .skipped : .verdict(standing.result.outcome.verdict))
        }
    }

    // MARK: Again and again

    private func waited(atMost wait: Duration, by deadline: Deadline) async -> [GateStanding] {
        var series = GateSeries(runner: runner, hold: request.hold ?? .zero, every: every)
        let end = Deadline.after(wait)
        var attempt = 1
        while true {
            runner.observer.observe(.roundStarted(attempt))
            let began = ContinuousClock.now
            let results = await round(attempt, by: deadline).run { _, _ in }
            series.take(results, attempt: attempt, from: began, to: .now, since: runner.start)
            if series.isHeld || runner.interruption.exitCode != nil { break }
            let next = began + every
            guard next < end.instant, next < deadline.instant else { break }
            series.report(attempt, to: runner.observer)
            guard await pause(until: next) else { break }
            attempt += 1
        }
        return series.finished()
    }

    private func watched(for watch: Duration, by deadline: Deadline) async -> [GateStanding] {
        var series = GateSeries(runner: runner, hold: .zero, every: every, isWatch: true)
        let end = Deadline.after(watch)
        var attempt = 1
        while true {
            runner.observer.observe(.roundStarted(attempt))
            let began = ContinuousClock.now
            let results = await round(attempt, by: deadline).run { _, _ in }
            series.take(results, attempt: attempt, from: began, to: .now, since: runner.start)
            if series.hasFailed || runner.interruption.exitCode != nil { break }
            let next = began + every
            guard next < end.instant, next < deadline.instant else { break }
            series.report(attempt, to: runner.observer)
            guard await pause(until: next) else { break }
            attempt += 1
        }
        return series.finished()
    }

    private var every: Duration { request.every ?? .seconds(10) }

    /// False: interrupted.
    private func pause(until instant: ContinuousClock.Instant) async -> Bool {
        while ContinuousClock.now < instant {
            if runner.interruption.exitCode != nil { return false }
            let next = min(instant, .now + .milliseconds(100))
            try? await Task.sleep(until: next, clock: .continuous)
        }
        return runner.interruption.exitCode == nil
    }
}

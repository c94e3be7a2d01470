import Evidence
import Gate
import KafkaClient
import Transport
import Value

/// Evaluates the gates of a run once, or again and again under `--wait` and `--watch`.
struct RoundPlan: Sendable {
    let runner: Runner
    let connections: ClusterConnections
    let contact: Contact
    /// The end of the whole run.
    let deadline: Deadline

    private var request: RunRequest { runner.run.request }

    func standings() async -> [GateStanding] {
        if let watch = request.watch { return await again(for: watch, hold: .zero, isWatch: true) }
        if let wait = request.wait { return await again(for: wait, hold: request.hold ?? .zero, isWatch: false) }
        return await once()
    }

    private func round(_ attempt: Int, starting: Set<String>) -> RoundOfGates {
        RoundOfGates(
            runner: runner, connections: connections, contact: contact, attempt: attempt, deadline: deadline,
            starting: starting)
    }

    private func once() async -> [GateStanding] {
        let steps = runner.run.steps
        let results = await round(1, starting: Set(steps.map(\.id))).run { index, standing in
            let track = GateTrack(step: steps[index], runner: runner)
            track.writeAll(standing.result, attempt: 1)
            track.finish(standing)
        }
        return zip(steps, results).map { step, standing in
            let outcome = runner.outcome(of: step, standing.result.outcome)
            return GateStanding(step, standing.isSkipped ? .skipped : .verdict(outcome.verdict))
        }
    }

    /// Rounds until what is waited for has held, what is watched has failed, or the time is over.
    private func again(for duration: Duration, hold: Duration, isWatch: Bool) async -> [GateStanding] {
        let every = request.every ?? .seconds(10)
        var series = GateSeries(runner: runner, hold: hold, every: every, isWatch: isWatch)
        let time = runner.environment.time
        let end = Deadline.after(duration, now: time.now)
        var attempt = 1
        var began = time.now
        while true {
            runner.observer.observe(.roundStarted(attempt))
            began = time.now
            let results = await round(attempt, starting: series.unstarted).run { _, _ in }
            series.take(results, attempt: attempt, from: began, to: time.now, since: runner.start)
            if isWatch ? series.hasFailed : series.isHeld { break }
            // The last round begins with the end of the time, so that what held until then is seen to have held.
            let next = min(began + every, max(end.instant, began))
            guard runner.interruption.exitCode == nil, began < end.instant, next < deadline.instant else { break }
            series.report(attempt, to: runner.observer)
            _ = await runner.interruption.cancelling { await time.wait(until: next) }
            guard runner.interruption.exitCode == nil else { break }
            attempt += 1
        }
        return series.finished(isWatched: !isWatch || began >= end.instant)
    }
}

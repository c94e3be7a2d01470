import Evidence
import Gate
import KafkaClient
import LuaKit
import Transport
import Value

/// What came of one attempt of a gate.
struct AttemptResult: Sendable {
    let outcome: GateOutcome
    let records: [LedgerRecord]
    let failedReads: [FailedReadList.Entry]
    let elapsed: Duration
    let usage: UsageMeter.Usage
    let luaPeakBytes: Int
    /// What of the scans was this run's, where they are shared out.
    var share: UnitBook.Account?
    /// False where the script never started.
    let hasRun: Bool

    /// A gate that did not get to run.
    static func notRun(_ outcome: GateOutcome) -> AttemptResult {
        AttemptResult(
            outcome: outcome, records: [], failedReads: [], elapsed: .zero, usage: .init(), luaPeakBytes: 0,
            hasRun: false)
    }
}

/// Runs a gate's script once.
enum GateAttempt {
    /// After its deadline, or the end of the run, a script that will not stop is given so long before its thread is
    /// abandoned.
    private static let grace = Duration.seconds(1)

    private struct End: Sendable {
        let ending: GateEnding
        let peakBytes: Int
    }

    static func run(_ session: GateSession, interruption: Interruption) async -> AttemptResult {
        let start = ContinuousClock.now
        let patience = LuaPatience()
        let token = interruption.onInterrupt {
            session.interrupt()
            Task {
                try? await Task.sleep(for: grace)
                patience.end()
            }
        }
        defer { interruption.remove(token) }
        let end = await withTaskGroup(of: End?.self) { group in
            group.addTask {
                await session.bridge.serve()
                return nil
            }
            group.addTask { await script(session, patience) }
            var end: End?
            for await result in group { end = result ?? end }
            return end
        }
        let (outcome, records, failedReads) = session.finish(end?.ending ?? .uninterruptible)
        let (shared, share) = shared(outcome, session.units)
        return AttemptResult(
            outcome: shared, records: records, failedReads: failedReads, elapsed: start.duration(to: .now),
            usage: session.meter.total, luaPeakBytes: end?.peakBytes ?? 0, share: share, hasRun: true)
    }

    /// What a gate came to that was shown a share of its partitions, and which.
    private static func shared(_ outcome: GateOutcome, _ units: UnitBook?) -> (GateOutcome, UnitBook.Account?) {
        guard let units else { return (outcome, nil) }
        do throws(EvidenceError) {
            let share = try units.account()
            return (outcome.share(share.shard, units: share.taken.count, of: share.total), share)
        } catch {
            return (outcome.withheld(Reason(.limit, "\(error)")), nil)
        }
    }

    private static func script(_ session: GateSession, _ patience: LuaPatience) async -> End {
        defer { session.bridge.close() }
        do throws(LuaFailure) {
            let end = try await LuaThread.run(until: session.deadline.instant + grace, patience: patience) {
                run(on: session)
            }
            guard let end else {
                session.interrupt()
                return End(ending: .uninterruptible, peakBytes: 0)
            }
            return end
        } catch {
            return End(ending: .limit("\(error)"), peakBytes: 0)
        }
    }

    /// On the script's own thread.
    private static func run(on session: GateSession) -> End {
        var peak = 0
        do throws(LuaFailure) {
            let host = try LuaHost(limits: LuaLimits(), interrupter: session.interrupter)
            defer { peak = host.peakBytes }
            let file = session.step.file
            _ = try host.load(source: file.source, name: LuaFile.name(of: file.path))
            let context = try ScriptContext(session: session, host: host).reply()
            try host.call("run", with: [context], until: session.deadline.instant)
            // Lua looks at the clock now and then: a script may come to its end just behind its deadline.
            return End(ending: session.isOverdue ? .deadline : .completed, peakBytes: host.peakBytes)
        } catch {
            let ending = ending(of: error)
            return End(ending: ending == .interrupted && session.isOverdue ? .deadline : ending, peakBytes: peak)
        }
    }

    private static func ending(of failure: LuaFailure) -> GateEnding {
        switch failure {
        case .deadline: .deadline
        case .memory: .memory
        case .interrupted: .interrupted
        case .syntax(let message, let place): .scriptError(message: "\(message)", at: place.map { "\($0)" })
        case .script(let message, let place, _): .scriptError(message: "\(message)", at: place.map { "\($0)" })
        case .busy, .tooLarge, .unavailable: .limit("\(failure)")
        }
    }
}

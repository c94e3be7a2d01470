import Evidence
import Gate
import Value

/// Writes what one gate has observed into the evidence.
struct GateTrack: Sendable {
    let step: PreparedRun.Step
    let runner: Runner

    /// Every check, unknown and note of an attempt, and the reads that failed.
    func writeAll(_ result: AttemptResult, attempt: Int) {
        write(checks: result.records.compactMap { record in
            if case .check(let check) = record { Evidence.CheckRecord(check) } else { nil }
        }, attempt: attempt)
        for record in result.records {
            switch record {
            case .check: break
            case .unknown(let unknown):
                runner.log.append(UnknownLine(unknown, gate: step.id, attempt: attempt))
            case .note(let note):
                runner.log.append(
                    NoteLine(gate: step.id, name: "\(note.name)", facts: note.facts?.entries ?? [:]))
            }
        }
        writeFailedReads(result)
    }

    func write(checks: [Evidence.CheckRecord], attempt: Int) {
        let (id, detail) = (step.id, runner.run.request.detail)
        runner.log.write { (writer) throws(EvidenceError) in
            try writer.append(checks: checks, gate: id, attempt: attempt, detail: detail)
        }
    }

    func writeFailedReads(_ result: AttemptResult) {
        for (read, isAcknowledged) in result.failedReads {
            runner.log.append(ReadErrorLine(read.error, gate: step.id, isAcknowledged: isAcknowledged))
        }
    }

    /// The end of a gate that ran once.
    func finish(_ standing: RoundOfGates.Standing, attempts: Int) {
        var usage = GateUsage()
        usage.add(standing.result)
        runner.finish(
            step, standing.result.outcome, attempts: standing.isSkipped ? 0 : attempts,
            elapsed: standing.result.elapsed, usage: usage, headline: Headline.of(standing.result.records),
            isSkipped: standing.isSkipped)
    }
}

import Evidence
import Gate
import Value

/// Writes what one gate has observed into the evidence.
struct GateTrack: Sendable {
    let step: PreparedRun.Step
    let runner: Runner

    /// Every check, unknown and note of an attempt, and the reads that failed.
    func writeAll(_ result: AttemptResult, attempt: Int) {
        write(
            checks: result.records.compactMap { record in
                if case .check(let check) = record { Evidence.CheckRecord(check) } else { nil }
            }, attempt: attempt)
        for record in result.records {
            switch record {
            case .check: break
            case .unknown(let unknown): write(unknown, attempt: attempt)
            case .note(let note): write(note)
            }
        }
        for read in result.failedReads { write(read) }
        if let share = result.share { write(share) }
    }

    /// The partitions that are this shard's, and its ranges of others, for `sluice merge`.
    private func write(_ share: UnitBook.Account) {
        let whole = share.taken.filter { $0.range == nil }
        for (topic, units) in Dictionary(grouping: whole, by: \.topic).sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: units.count, by: UnitsLine.most) {
                let part = units[start..<min(units.count, start + UnitsLine.most)]
                runner.log.append(
                    UnitsLine(gate: step.id, topic: "\(topic)", partitions: part.map { Int64($0.partition) }))
            }
        }
        for unit in share.taken {
            guard let range = unit.range else { continue }
            runner.log.append(
                RangeLine(
                    gate: step.id, topic: "\(unit.topic)", partition: Int64(unit.partition), index: range.index,
                    count: range.count, offsets: .init(from: range.from, to: range.to),
                    source: share.bounds[unit].map { .init(from: $0.sourceFrom, to: $0.sourceTo) },
                    target: share.bounds[unit].flatMap { bounds in
                        guard let from = bounds.targetFrom, let to = bounds.targetTo else { return nil }
                        return .init(from: from, to: to)
                    }, targetID: share.bounds[unit]?.targetID))
        }
    }

    func write(checks: [Evidence.CheckRecord], attempt: Int) {
        let (id, detail) = (step.id, runner.run.request.detail)
        runner.log.write { (writer) throws(EvidenceError) in
            try writer.append(checks: checks, gate: id, attempt: attempt, detail: detail)
        }
    }

    func write(_ unknown: UnknownRecord, attempt: Int) {
        runner.log.append(UnknownLine(unknown, gate: step.id, attempt: attempt))
    }

    func write(_ note: NoteRecord) {
        runner.log.append(NoteLine(gate: step.id, name: "\(note.name)", facts: note.facts?.entries ?? [:]))
    }

    func write(_ read: FailedReadList.Entry) {
        runner.log.append(ReadErrorLine(read.error, gate: step.id, isAcknowledged: read.isAcknowledged))
    }

    /// The end of a gate that ran once, or was not let run.
    func finish(_ standing: RoundOfGates.Standing) {
        let result = standing.result
        var usage = GateUsage()
        usage.add(result)
        runner.finish(
            step, runner.outcome(of: step, result.outcome), attempts: result.hasRun ? 1 : 0, elapsed: result.elapsed,
            usage: usage, share: result.share,
            headline: Headline.of(result.records), isSkipped: standing.isSkipped)
    }
}

private import Guarding
package import Secrets
private import Value

/// Writes one run's evidence: every line in order, chained to the one before it, free of secrets, no larger than
/// allowed.
///
/// After the first error every call throws it again: evidence with a hole must not end in a verdict.
package final class EvidenceWriter: Sendable {
    package let run: RunID
    private let clock: EvidenceClock
    private let secrets: SecretRegistry
    private let state: Guarded<EvidenceChain>

    package init(
        sink: any EvidenceSink, run: RunID, clock: EvidenceClock, secrets: SecretRegistry,
        gateBytes: Int = EvidenceLimits.gateBytes
    ) {
        self.run = run
        self.clock = clock
        self.secrets = secrets
        state = Guarded(EvidenceChain(sink: sink, run: run, gateBytes: gateBytes))
    }

    /// Writes the first line, and returns once it is on disk.
    package func start(_ line: RunStarted) throws(EvidenceError) {
        let fields = fields(of: line)
        try state.withLock { (chain) throws(EvidenceError) in try chain.start(fields, at: clock.now()) }
    }

    /// Writes a line, unless its gate has used up its share of the file.
    package func append(_ line: some EvidenceLine) throws(EvidenceError) {
        let fields = fields(of: line)
        _ = try state.withLock { (chain) throws(EvidenceError) in
            try chain.append(line, fields, at: clock.now())
        }
    }

    /// Writes the checks of a gate, folded unless `detail` is wanted.
    ///
    /// A line that would be too large is cut in two.
    package func append(
        checks: [CheckRecord], gate: String, attempt: Int, detail: Bool = false
    ) throws(EvidenceError) {
        var waiting = Array(CheckFolding.groups(checks, detail: detail).reversed())
        while let group = waiting.popLast() {
            let line = CheckLine(gate: gate, attempt: attempt, group: group)
            let fields = fields(of: line)
            let isWritten = try state.withLock { (chain) throws(EvidenceError) in
                try chain.append(line, fields, at: clock.now(), mayShorten: group.halves == nil)
            }
            if !isWritten, let halves = group.halves { waiting += [halves.1, halves.0] }
        }
    }

    /// How many lines of the gate were dropped because it had used up its share of the file.
    package func droppedLines(ofGate gate: String) -> Int { state.withLock { $0.droppedLines(ofGate: gate) } }

    /// Writes a gate's last line, and returns once it is on disk.
    ///
    /// That of a gate that did not run comes to disk with the next that did, or with the last line: it measured nothing,
    /// and thousands of them may end at once, when the time is over.
    package func finishGate(_ line: GateFinished) throws(EvidenceError) {
        let fields = fields(of: line)
        try state.withLock { (chain) throws(EvidenceError) in
            try chain.finishGate(line.gate, hasRun: line.attempts > 0, fields, at: clock.now())
        }
    }

    /// Writes the last line, and returns the head of the chain, in hexadecimal, once it is on disk.
    package func finish(_ line: RunFinished) throws(EvidenceError) -> String {
        let fields = fields(of: line)
        return try state.withLock { (chain) throws(EvidenceError) in try chain.finish(fields, at: clock.now()) }
    }

    private func fields(of line: some EvidencePart) -> EvidenceFields {
        var fields = EvidenceFields(redactor: secrets.redactor)
        line.write(to: &fields)
        return fields
    }
}

private import Value

/// The state of a stream of evidence: what the next line must say of the lines before it.
struct EvidenceChain: Sendable {
    private let sink: any EvidenceSink
    private let run: RunID
    private let gateBytes: Int

    private var seq = 0
    private var prev = SHA256.zeros
    private var start: EvidenceClock.Reading?
    private var atUs: Int64 = 0
    private var wallJumpUs: Int64 = 0
    private var gates: [String: GateShare] = [:]
    private var isFinished = false
    private var failure: EvidenceError?

    init(sink: any EvidenceSink, run: RunID, gateBytes: Int) {
        self.gateBytes = gateBytes
        self.sink = sink
        self.run = run
    }

    /// What a gate has used of its share of the file.
    private struct GateShare {
        var bytes = 0
        var dropped = 0
        var logged = 0
    }

    func droppedLines(ofGate gate: String) -> Int { gates[gate]?.dropped ?? 0 }

    mutating func start(_ fields: EvidenceFields, at now: EvidenceClock.Reading) throws(EvidenceError) {
        try refuse(if: start != nil, "run_started twice")
        start = now
        try poisoning { (chain) throws(EvidenceError) in
            try chain.write(chain.line("run_started", fields.entries, at: now))
            try chain.sink.sync()
        }
    }

    /// False, and nothing written, where the line is too large and may not be shortened.
    mutating func append<Line: EvidenceLine>(
        _ line: Line, _ fields: EvidenceFields, at now: EvidenceClock.Reading, mayShorten: Bool = true
    ) throws(EvidenceError) -> Bool {
        try refuse(if: start == nil || isFinished, "\(line.writtenType) outside the run")
        var entries = fields.entries
        if Line.self == LogLine.self, let gate = line.gateID, !log(&entries, gate) { return true }
        return try poisoning { (chain) throws(EvidenceError) in
            let gate = Line.isCapped ? line.gateID : nil
            if let gate, (chain.gates[gate]?.dropped ?? 0) > 0 {
                chain.gates[gate, default: GateShare()].dropped += 1
                return true
            }
            guard let bytes = try chain.line(line.writtenType, entries, at: now, mayShorten: mayShorten) else {
                return false
            }
            if let gate {
                let used = chain.gates[gate, default: GateShare()].bytes
                guard used + bytes.count < chain.gateBytes else {
                    // From here on all are dropped, so that what stands in the file is a beginning without holes.
                    chain.gates[gate, default: GateShare()].dropped = 1
                    return true
                }
                chain.gates[gate, default: GateShare()].bytes = used + bytes.count + 1
            }
            try chain.write(bytes)
            return true
        }
    }

    mutating func finishGate(
        _ gate: String, hasRun: Bool, _ fields: EvidenceFields, at now: EvidenceClock.Reading
    ) throws(EvidenceError) {
        try refuse(if: start == nil || isFinished, "gate_finished outside the run")
        var entries = fields.entries
        if let dropped = gates[gate]?.dropped, dropped > 0 {
            entries["truncated"] = true
            entries["dropped"] = .integer(Int64(dropped))
        }
        try poisoning { (chain) throws(EvidenceError) in
            try chain.write(chain.line("gate_finished", entries, at: now))
            if hasRun { try chain.sink.sync() }
        }
    }

    mutating func finish(_ fields: EvidenceFields, at now: EvidenceClock.Reading) throws(EvidenceError) -> String {
        try refuse(if: start == nil || isFinished, "run_finished outside the run")
        isFinished = true
        return try poisoning { (chain) throws(EvidenceError) in
            var entries = fields.entries
            chain.advance(to: now)
            entries["clock"] = .map(["wall_jump_us": .integer(chain.wallJumpUs)])
            entries["lines"] = .integer(Int64(chain.seq + 1))
            entries["self"] = .text(SHA256.zeros)
            let zeroed = try chain.line("run_finished", entries, at: now)
            // As long as the zeros it replaces, so that the rest of the line stays as it is.
            entries["self"] = .text(try SHA256.hex(zeroed))
            try chain.write(chain.line("run_finished", entries, at: now))
            try chain.sink.sync()
            return chain.prev
        }
    }

    // MARK: - One line

    private mutating func line(
        _ type: String, _ entries: [ByteString: Value], at now: EvidenceClock.Reading
    ) throws(EvidenceError) -> [UInt8] {
        try line(type, entries, at: now, mayShorten: true) ?? []
    }

    /// The bytes without the line feed; nil where they would be too many and may not be shortened.
    private mutating func line(
        _ type: String, _ entries: [ByteString: Value], at now: EvidenceClock.Reading, mayShorten: Bool
    ) throws(EvidenceError) -> [UInt8]? {
        advance(to: now)
        var fields = entries
        fields["v"] = 1
        fields["run"] = .text(run.text)
        fields["seq"] = .integer(Int64(seq))
        fields["t"] = .text(Timestamp.text(unixUs: now.wallUs))
        fields["at_us"] = .integer(atUs)
        fields["type"] = .text(type)
        fields["prev"] = .text(prev)
        let limit = EvidenceLimits.lineBytes - 1
        if !mayShorten, (try? JSONWriter.write(.map(fields), limit: limit)) == nil { return nil }
        do {
            return try LineShortener.encode(fields, limit: limit)
        } catch {
            throw EvidenceError(.badLine("\(type): \(error)"), place: "evidence")
        }
    }

    private mutating func write(_ line: [UInt8]) throws(EvidenceError) {
        let digest = try SHA256.hex(line)
        try sink.write(line + [UInt8(ascii: "\n")])
        prev = digest
        seq += 1
    }

    /// Two threads may read the clock in one order and get here in the other: the time of a line never falls.
    private mutating func advance(to now: EvidenceClock.Reading) {
        guard let start else { return }
        let passed = now.monotonicUs.subtractingReportingOverflow(start.monotonicUs).partialValue
        let wall = now.wallUs.subtractingReportingOverflow(start.wallUs).partialValue
        atUs = max(atUs, passed)
        let jump = wall.subtractingReportingOverflow(passed).partialValue.magnitude
        wallJumpUs = max(wallJumpUs, Int64(clamping: jump))
    }

    /// Counts a logged text and cuts it; false where the gate has logged enough.
    private mutating func log(_ entries: inout [ByteString: Value], _ gate: String) -> Bool {
        gates[gate, default: GateShare()].logged += 1
        let logged = gates[gate]?.logged ?? 0
        guard logged <= EvidenceLimits.logLines + 1 else { return false }
        if logged > EvidenceLimits.logLines {
            entries["text"] = ""
            entries["truncated"] = true
        } else if case .string(let text)? = entries["text"], text.bytes.count > EvidenceLimits.logBytes {
            entries["text"] = .string(LineShortener.shortened(text, to: EvidenceLimits.logBytes))
            entries["truncated"] = true
        }
        return true
    }

    // MARK: - Failure

    private func refuse(if isWrong: Bool, _ problem: String) throws(EvidenceError) {
        if let failure { throw failure }
        if isWrong { throw EvidenceError(.badLine(problem), place: "evidence") }
    }

    private mutating func poisoning<Result>(
        _ body: (inout EvidenceChain) throws(EvidenceError) -> Result
    ) throws(EvidenceError) -> Result {
        do {
            return try body(&self)
        } catch {
            failure = error
            throw error
        }
    }
}

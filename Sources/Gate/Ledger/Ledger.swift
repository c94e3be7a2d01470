package import Value

/// What one attempt of a gate has observed.
///
/// It alone earns the verdict; nothing a script returns is one.
///
/// Whatever it refuses it also remembers: a script that swallows the error with `pcall` can no longer pass.
package struct Ledger: Sendable {
    package struct Limits: Sendable {
        package var subjects = 100_000
        /// Of subjects, as JSON.
        package var subjectBytes = 64 << 20
        /// Of records not yet taken, about what they occupy.
        ///
        /// Failures may use a sixth more, so as not to be crowded out.
        package var recordBytes = 96 << 20
        package init() {}
    }

    let limits: Limits
    private var subjects = SubjectTable()
    /// Once there is one, the ledger is closed.
    private var outcome: GateOutcome?

    private var interner = Interner()
    private var reads = FailedReads()
    private var tally = ReasonTally()
    private var records = RecordBuffer()

    package init(limits: Limits = Limits()) { self.limits = limits }

    package private(set) var checks = GateOutcome.Checks()
    package var subjectCount: Int { subjects.count }

    // MARK: Subjects

    /// Declares a subject, which must then get a check or an `unknown`.
    package mutating func subject(_ value: Value, at: String) throws(GateError) -> SubjectID {
        try requireOpen()
        switch subjects.add(value, limits: limits) {
        case .success(let id): return id
        case .failure(let error): throw refuse(error.reason, at: at)
        }
    }

    // MARK: Judging

    /// Compares, records and counts.
    ///
    /// Nil: the check became unknown.
    ///
    /// Facts that cannot be kept are dropped before the error is thrown, and the check counts all the same, so that a
    /// failure is not lost with them.
    @discardableResult
    package mutating func check(
        _ check: Check, of id: SubjectID, matching: PatternMatcher = { _, _ in nil }
    ) throws(GateError) -> Bool? {
        let subject = try admit(check.name, of: id, at: check.at)
        var fault: String?
        let facts = kept(check.facts, fault: &fault)
        let unit = check.unit.flatMap { $0.bytes.count <= 64 ? interner.shared($0) : nil }
        if check.unit != nil, unit == nil { fault = "a unit has at most 64 bytes" }

        var ok: Bool?
        switch judgement(of: check, matching: matching) {
        case .known(let isOK, let actual, let limit):
            ok = isOK
            let record = CheckRecord(
                check: interner.shared(check.name), subject: subject, actual: Facts.small(actual), op: check.op,
                limit: Facts.small(limit), unit: unit, ok: isOK, facts: facts,
                at: interner.shared(place: check.at), sampled: check.sampled)
            add(record)
        case .unknown(let code, let message):
            addUnknown(check.name, subject, code, message, facts: facts, at: check.at)
        }
        subjects.observe(id)
        if let fault { throw refuse(.misuse(fault), at: check.at) }
        return ok
    }

    /// What a script gives as the reason of an `unknown`.
    package enum UnknownCause: Sendable {
        /// A single word is the reason's code, anything else its message.
        case reason(ByteString)
        /// The error of a failed row, which is acknowledged by this.
        case failedRow(ReadKey)
    }

    /// Records that something about a subject cannot be known.
    package mutating func unknown(
        _ name: ByteString, of id: SubjectID, because cause: UnknownCause, facts: Value? = nil, at: String
    ) throws(GateError) {
        let subject = try admit(name, of: id, at: at)
        var fault: String?
        let facts = kept(facts, fault: &fault)
        switch cause {
        case .reason(let text):
            let (code, message) = ReasonCode.parse(text)
            if text.bytes.isEmpty { fault = "an unknown needs a reason" }
            addUnknown(name, subject, code, message, facts: facts, at: at)
        case .failedRow(let key):
            let (code, message) = see(key)
            addUnknown(name, subject, code, message, facts: facts, at: at)
        }
        subjects.observe(id)
        if let fault { throw refuse(.misuse(fault), at: at) }
    }

    /// Records facts without judging them.
    package mutating func note(_ name: ByteString, facts: Value?, at: String) throws(GateError) {
        try requireOpen()
        guard NameRule.allows(name) else { throw refuse(.misuse("the name of a note is \(NameRule.words)"), at: at) }
        var fault: String?
        let kept = kept(facts, fault: &fault)
        if let fault { throw refuse(.misuse(fault), at: at) }
        records.append(.note(NoteRecord(name: interner.shared(name), facts: kept, at: at)), limit: limits.recordBytes)
    }

    /// Takes the pass away for a reason of the host's: metadata that changed meanwhile, a selection that matched
    /// nothing, a limit of a primitive.
    package mutating func doubt(_ code: ReasonCode, _ message: String, at: String? = nil) {
        guard outcome == nil else { return }
        tally.add(Reason(code, message, at: at), to: .doubts)
    }

    // MARK: Failed reads

    /// Tells of a row that a primitive could not read; to be called when it answers, whether or not the script looks.
    package mutating func recordFailedRow(_ key: ReadKey, _ failure: ReadFailure) {
        guard outcome == nil, !reads.record(key, failure) else { return }
        tally.add(Reason(.limit, "more than \(FailedReads.maxRows) rows failed"), to: .doubts)
    }

    /// `ctx:acknowledge(row, reason)`: the gate knows that the row failed and why that does not matter.
    package mutating func acknowledge(_ key: ReadKey, reason: ByteString, at: String) throws(GateError) {
        try requireOpen()
        guard !reason.bytes.isEmpty else { throw refuse(.misuse("an acknowledgement needs a reason"), at: at) }
        guard reads.acknowledge(key) else { throw refuse(.misuse("this row did not fail"), at: at) }
    }

    /// Whether a check, an `unknown` or an acknowledgement has seen the failed row.
    package func isAcknowledged(_ key: ReadKey) -> Bool { reads.isAcknowledged(key) }

    // MARK: Results

    /// The records since the last call, in order.
    ///
    /// Taking them often keeps the ledger small.
    package mutating func takeRecords() -> [LedgerRecord] { records.take() }

    /// Ends the attempt.
    ///
    /// Later calls change nothing, as an abandoned thread may still make some.
    package mutating func finish(_ ending: GateEnding) -> GateOutcome {
        if let outcome { return outcome }
        if let reason = ending.reason { tally.add(reason, to: .endings) }
        let evaluated = checks.passed + checks.failed
        if evaluated == 0, checks.unknown == 0 { tally.add(Reason(.vacuous, "nothing was checked"), to: .vacuous) }
        for reason in reads.reasons() { tally.add(reason, to: .reads) }
        addUnobserved()
        let hasPassed = evaluated > 0 && checks.failed == 0 && checks.unknown == 0 && tally.isEmpty
        let verdict: Verdict = checks.failed > 0 ? .fail : hasPassed ? .pass : .inconclusive
        let earned = GateOutcome(
            verdict: verdict, reasons: tally.reasons(), checks: checks, subjects: subjects.count,
            isTruncated: records.isTruncated)
        outcome = earned
        return earned
    }

    private mutating func addUnobserved() {
        for subject in subjects.unobserved {
            tally.add(
                Reason(.unobservedSubject, "no check and no unknown for " + ShortText.of(subject), subject: subject),
                to: .unobserved)
        }
    }
}

extension Ledger {
    private enum Judged {
        case known(Bool, actual: Value, limit: Value)
        case unknown(ReasonCode, String)
    }

    private mutating func judgement(of check: Check, matching: PatternMatcher) -> Judged {
        switch (check.actual, check.limit) {
        case (.failedRow(let key), let limit):
            let seen = see(key)
            // Both values are missing: the script has seen both failures.
            if case .failedRow(let other) = limit { _ = see(other) }
            return .unknown(seen.code, seen.message)
        case (.value, .failedRow(let key)):
            let seen = see(key)
            return .unknown(seen.code, seen.message)
        case (.value(let actual), .value(let limit)):
            switch Comparison.judge(check.op, actual, limit, matching: matching) {
            case .passed: return .known(true, actual: actual, limit: limit)
            case .failed: return .known(false, actual: actual, limit: limit)
            case .unknown(let message): return .unknown(.unknownValue, message)
            }
        }
    }

    /// Acknowledges a failed row and says what went wrong with it.
    private mutating func see(_ key: ReadKey) -> (code: ReasonCode, message: String) {
        guard let failure = reads[key] else { return (.unknownValue, "a read that failed in an earlier attempt") }
        reads.acknowledge(key)
        return (ReasonCode(rawValue: failure.name), failure.message)
    }

    private mutating func add(_ record: CheckRecord) {
        if record.ok {
            checks.passed += 1
        } else {
            checks.failed += 1
            tally.add(Reason(failureOf: record), to: .failures)
        }
        records.append(.check(record), limit: record.ok ? limits.recordBytes : limits.failureBytes)
    }

    private mutating func addUnknown(
        _ name: ByteString, _ subject: Value, _ code: ReasonCode, _ message: String, facts: Value?, at: String
    ) {
        checks.unknown += 1
        tally.add(Reason(code, "\(name): \(message)", subject: subject, at: at), to: .unknowns)
        let record = UnknownRecord(
            check: interner.shared(name), subject: subject, reason: code, message: message, facts: facts,
            at: interner.shared(place: at))
        records.append(.unknown(record), limit: limits.failureBytes)
    }

    // MARK: Admission

    private func requireOpen() throws(GateError) {
        guard outcome == nil else { throw GateError(.misuse("the gate has ended")) }
    }

    private mutating func admit(_ name: ByteString, of id: SubjectID, at: String) throws(GateError) -> Value {
        try requireOpen()
        guard let subject = subjects[id] else { throw refuse(.misuse("a subject of another attempt"), at: at) }
        guard NameRule.allows(name) else { throw refuse(.misuse("the name of a check is \(NameRule.words)"), at: at) }
        return subject
    }

    /// The error to throw to the script; remembered, so that swallowing it cannot lead to a pass.
    private mutating func refuse(_ reason: GateError.Reason, at: String) -> GateError {
        var code = ReasonCode.scriptError
        if case .limit = reason { code = .limit }
        tally.add(Reason(code, reason.description, at: at), to: .doubts)
        return GateError(reason, path: at)
    }

    private mutating func kept(_ facts: Value?, fault: inout String?) -> Value? {
        switch Facts.keepable(facts) {
        case .success(let facts): return facts
        case .failure(let unfit):
            fault = unfit.words
            return nil
        }
    }
}

extension Ledger.Limits {
    var failureBytes: Int { recordBytes + recordBytes / 6 }
}

package import Value

/// What a gate, or a run, has earned.
package enum Verdict: String, CaseIterable, Hashable, Sendable {
    case pass, fail, inconclusive
}

/// One reason why a gate did not pass.
package struct Reason: Hashable, Sendable {
    package let code: ReasonCode
    package let message: String
    package let subject: Value?
    /// `file.lua:31`.
    package let at: String?

    package init(_ code: ReasonCode, _ message: String, subject: Value? = nil, at: String? = nil) {
        self.code = code
        self.message = Message.bounded(message)
        self.subject = subject
        self.at = at
    }

    init(failureOf record: CheckRecord) {
        let unit = record.unit.map { " " + Quoted.plain($0) } ?? ""
        let actual = "\(record.check) is \(ShortText.of(record.actual))"
        let required = record.op == .isTrue ? "true" : "\(record.op.rawValue) \(ShortText.of(record.limit))\(unit)"
        self.init(.checkFailed, "\(actual), required \(required)", subject: record.subject, at: record.at)
    }
}

/// How the script of a gate ended.
package enum GateEnding: Hashable, Sendable {
    case completed
    case scriptError(message: String, at: String?)
    case deadline
    case memory
    case interrupted
    /// The thread would not stop and was abandoned.
    case uninterruptible
    case limit(String)
    /// A cluster that the gate needs could not be reached; the message names the address.
    case unreachable(String)

    /// Nil where the script came to its own end.
    var reason: Reason? {
        switch self {
        case .completed: nil
        case .scriptError(let message, let at): Reason(.scriptError, message, at: at)
        case .deadline: Reason(.deadline, "the gate did not end within its timeout")
        case .memory: Reason(.memory, "the gate used more memory than it may")
        case .interrupted: Reason(.interrupted, "the run was interrupted")
        case .uninterruptible: Reason(.uninterruptible, "the gate would not stop; its thread was abandoned")
        case .limit(let message): Reason(.limit, message)
        case .unreachable(let message): Reason(.unreachable, message)
        }
    }
}

/// The result of one attempt of a gate.
package struct GateOutcome: Hashable, Sendable {
    package struct Checks: Hashable, Sendable {
        package var passed = 0
        package var failed = 0
        package var unknown = 0

        package init(passed: Int = 0, failed: Int = 0, unknown: Int = 0) {
            self.passed = passed
            self.failed = failed
            self.unknown = unknown
        }
    }

    package private(set) var verdict: Verdict
    /// Failures first; bounded, the last then says how many more there are.
    ///
    /// Empty for a pass.
    package private(set) var reasons: [Reason]
    package let checks: Checks
    package let subjects: Int
    /// Whether records were dropped because the gate made too many; the counts hold all the same.
    package let isTruncated: Bool

    init(verdict: Verdict, reasons: [Reason], checks: Checks, subjects: Int, isTruncated: Bool) {
        self.verdict = verdict
        self.reasons = reasons
        self.checks = checks
        self.subjects = subjects
        self.isTruncated = isTruncated
    }

    /// A gate that did not get to run: inconclusive for the reason given.
    package static func notRun(_ reason: Reason) -> GateOutcome {
        GateOutcome(verdict: .inconclusive, reasons: [reason], checks: Checks(), subjects: 0, isTruncated: false)
    }

    /// The same outcome, no longer a pass: held too briefly, or its evidence cut short.
    package func withheld(_ reason: Reason) -> GateOutcome {
        var outcome = self
        if verdict == .pass { outcome.verdict = .inconclusive }
        outcome.reasons.append(reason)
        return outcome
    }
}

/// What became of one gate of a run.
package struct GateStanding: Hashable, Sendable {
    package enum Result: Hashable, Sendable {
        case verdict(Verdict)
        /// Not run: `needs` or `fail_fast`.
        case skipped
    }

    package let id: String
    package let severity: Severity
    /// Whether it was named on the command line: it then decides whatever its severity.
    package let isNamed: Bool
    package let result: Result
    /// Whether a waiver covers a verdict that is no pass.
    package let isWaived: Bool

    package init(id: String, severity: Severity, isNamed: Bool = false, result: Result, isWaived: Bool = false) {
        self.id = id
        self.severity = severity
        self.isNamed = isNamed
        self.result = result
        self.isWaived = isWaived
    }

    package var decides: Bool { severity == .blocker || isNamed }

    /// The verdict that others reckon with; a gate that did not run has none.
    package var effective: Verdict? {
        switch result {
        case .skipped: nil
        case .verdict(let verdict): isWaived ? .pass : verdict
        }
    }
}

/// The gates of a run together.
package struct RunVerdict: Hashable, Sendable {
    /// Each gate is counted once: a waived one as `waived`, one that did not pass but does not decide as `warned`.
    package struct Counts: Hashable, Sendable {
        package var pass = 0
        package var fail = 0
        package var inconclusive = 0
        package var skipped = 0
        package var waived = 0
        package var warned = 0

        package init(
            pass: Int = 0, fail: Int = 0, inconclusive: Int = 0, skipped: Int = 0, waived: Int = 0, warned: Int = 0
        ) {
            self.pass = pass
            self.fail = fail
            self.inconclusive = inconclusive
            self.skipped = skipped
            self.waived = waived
            self.warned = warned
        }
    }

    package let verdict: Verdict
    /// With waivers; the exit code follows it.
    package let effective: Verdict
    package let counts: Counts

    /// `ofTheRun`: What is wrong with the run itself, whatever its gates say: a cluster that is another than the pinned
    /// one fails it, an interruption makes it inconclusive.
    package init(_ gates: [GateStanding], ofTheRun: Verdict = .pass) {
        var counts = Counts()
        for gate in gates { counts.add(gate) }
        self.counts = counts
        verdict = Self.combined(gates, ofTheRun, isWaiving: false)
        effective = Self.combined(gates, ofTheRun, isWaiving: true)
    }

    package var exitCode: Int32 {
        switch effective {
        case .pass: 0
        case .fail: 1
        case .inconclusive: 2
        }
    }

    private static func combined(_ gates: [GateStanding], _ ofTheRun: Verdict, isWaiving: Bool) -> Verdict {
        var worst = ofTheRun
        var hasPassed = false
        for gate in gates {
            let verdict: Verdict =
                switch gate.result {
                case .skipped: .inconclusive
                case .verdict(let verdict): isWaiving && gate.isWaived ? .pass : verdict
                }
            hasPassed = hasPassed || verdict == .pass
            if gate.decides { worst = worst.combined(with: verdict) }
        }
        // Without gates, or with nothing but warnings that did not pass, nothing has been shown.
        return worst.combined(with: hasPassed ? .pass : .inconclusive)
    }
}

extension Verdict {
    /// Fail beats inconclusive beats pass.
    package func combined(with other: Verdict) -> Verdict {
        if self == .fail || other == .fail { return .fail }
        return self == .pass && other == .pass ? .pass : .inconclusive
    }
}

extension RunVerdict.Counts {
    fileprivate mutating func add(_ gate: GateStanding) {
        switch gate.result {
        case .skipped: skipped += 1
        case .verdict(.pass): pass += 1
        case .verdict(.fail):
            if gate.isWaived { waived += 1 } else if !gate.decides { warned += 1 } else { fail += 1 }
        case .verdict(.inconclusive):
            if gate.isWaived { waived += 1 } else if !gate.decides { warned += 1 } else { inconclusive += 1 }
        }
    }
}

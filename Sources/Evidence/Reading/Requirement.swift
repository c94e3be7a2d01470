private import Value

/// What a run has to have been for the next step to go ahead.
package enum Requirement: Sendable {
    /// The verdict once waivers are applied.
    case verdict(String)
    case mode(String)
    /// At most so many waived gates.
    case waived(atMost: Int64)
    /// From the end of the run until now.
    case age(atMost: Duration)
    /// SHA-256 of the plan's bytes, in hexadecimal.
    case plan(String)
    /// Every gate of this id or name came to this verdict, waivers applied.
    case gate(String, verdict: String)
    case clusterID(role: String, String)
    /// The run captured this frozen vector, or judged against it.
    case freeze(String)

    /// The run is no share of another one.
    case whole

    /// One condition with what was found.
    package struct Finding: Sendable {
        /// As the options name it: `max-age`, `gate lag_budget`.
        package let condition: String
        package let required: String
        package let found: String
        package let isMet: Bool

        package init(condition: String, required: String, found: String, isMet: Bool) {
            self.condition = condition
            self.required = required
            self.found = found
            self.isMet = isMet
        }

        /// The same of evidence that does not verify, of which nothing is believed.
        package var unbelieved: Self {
            Self(
                condition: condition, required: required, found: "not judged: the evidence does not verify",
                isMet: false)
        }
    }

    /// Judges a run whose evidence has verified: of any other nothing can be believed.
    ///
    /// `nowUs` is in microseconds since 1970.
    package func judge(_ run: EarlierRun, nowUs: Int64) -> Finding {
        switch self {
        case .verdict(let verdict):
            return same("verdict", verdict, run.verification.effective)
        case .mode(let mode):
            return same("mode", mode, run.verification.mode)
        case .waived(let limit):
            return Finding(
                condition: "max-waived", required: "\(limit)", found: "\(run.waived)", isMet: run.waived <= limit)
        case .whole:
            return Finding(
                condition: "shard", required: "none", found: run.shard ?? "none", isMet: run.shard == nil)
        case .age(let limit):
            return age(of: run, limit, nowUs)
        case .plan(let digest):
            return same("plan-sha256", digest, run.planDigest)
        case .gate(let name, let verdict):
            let gates = run.gates.filter { $0.id == name || $0.name == name }
            return Finding(
                condition: "gate \(name)", required: verdict,
                found: gates.isEmpty ? "no such gate" : gates.map(\.effective).joined(separator: ", "),
                isMet: !gates.isEmpty && gates.allSatisfy { $0.effective == verdict })
        case .clusterID(let role, let id):
            return same("\(role)-id", id, run.clusterID(of: role))
        case .freeze(let id):
            let ids = [run.freezeID].compactMap(\.self) + run.capturedFreezes
            return Finding(
                condition: "freeze", required: id, found: ids.isEmpty ? "none" : ids.joined(separator: ", "),
                isMet: !ids.isEmpty && ids.allSatisfy { $0 == id })
        }
    }

    private func same(_ condition: String, _ required: String, _ found: String?) -> Finding {
        Finding(condition: condition, required: required, found: found ?? "none", isMet: found == required)
    }

    private func age(of run: EarlierRun, _ limit: Duration, _ nowUs: Int64) -> Finding {
        guard let end = run.finishedUs else {
            return Finding(condition: "max-age", required: DurationText.format(limit), found: "no time", isMet: false)
        }
        let (age, overflow) = nowUs.subtractingReportingOverflow(end)
        let elapsed = Duration.microseconds(age)
        // From the future comes only what another clock has written: how old it is nobody knows.
        let isMet = !overflow && age >= 0 && elapsed <= limit
        return Finding(
            condition: "max-age", required: DurationText.format(limit),
            found: overflow || age < 0 ? "from the future" : DurationText.format(.seconds(elapsed.components.seconds)),
            isMet: isMet)
    }
}

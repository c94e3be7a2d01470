private import Value

/// The last line.
///
/// The writer adds `clock`, `lines` and `self`.
package struct RunFinished: EvidencePart {
    package var verdict: EvidenceVerdict
    /// The verdict once waivers are applied; the exit code follows it.
    package var effective: EvidenceVerdict
    package var exitCode: Int
    package var gates: GateCounts
    /// In merged evidence: what the run itself lacks, a shard for instance.
    package var reasons: [GateFinished.Reason]
    package var durationUs: Int64
    /// In order of API and version.
    package var requests: [RequestCount]

    package init(
        verdict: EvidenceVerdict, effective: EvidenceVerdict? = nil, exitCode: Int, gates: GateCounts,
        reasons: [GateFinished.Reason] = [], durationUs: Int64, requests: [RequestCount] = []
    ) {
        self.verdict = verdict
        self.effective = effective ?? verdict
        self.exitCode = exitCode
        self.gates = gates
        self.reasons = reasons
        self.durationUs = durationUs
        self.requests = requests
    }

    package func write(to fields: inout EvidenceFields) {
        fields.word("verdict", verdict.rawValue)
        fields.word("effective", effective.rawValue)
        fields.integer("exit_code", exitCode)
        fields.part("gates", gates)
        if !reasons.isEmpty { fields.parts("reasons", reasons) }
        fields.integer("duration_us", durationUs)
        if !requests.isEmpty { fields.parts("requests", requests) }
    }
}

extension RunFinished {
    /// How many gates came to what.
    package struct GateCounts: EvidencePart {
        package var pass: Int
        package var fail: Int
        package var inconclusive: Int
        package var skipped: Int
        package var waived: Int
        package var warned: Int

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

        package func write(to fields: inout EvidenceFields) {
            fields.integer("pass", pass)
            fields.integer("fail", fail)
            fields.integer("inconclusive", inconclusive)
            fields.integer("skipped", skipped)
            fields.integer("waived", waived)
            fields.integer("warned", warned)
        }
    }
}

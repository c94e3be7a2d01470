package import Value

/// A gate's verdict and what it rests on.
package struct GateFinished: EvidencePart {
    package var gate: String
    package var verdict: EvidenceVerdict
    /// The verdict once waivers are applied.
    package var effective: EvidenceVerdict
    package var reasons: [Reason]
    package var checks: CheckCounts
    package var subjects: Int
    /// Whether lines are missing because the gate made too many; the counts hold all the same.
    package var isTruncated: Bool
    /// Where the run is a shard and the gate's scans are shared out: what of them was this run's.
    package var share: Share?
    package var hold: Hold?
    package var attempts: Int
    package var durationUs: Int64
    package var usage: Usage
    package var waiver: Value?

    package init(
        gate: String, verdict: EvidenceVerdict, effective: EvidenceVerdict? = nil, reasons: [Reason] = [],
        checks: CheckCounts = CheckCounts(), subjects: Int = 0, isTruncated: Bool = false, share: Share? = nil,
        hold: Hold? = nil, attempts: Int = 1, durationUs: Int64 = 0, usage: Usage = Usage(), waiver: Value? = nil
    ) {
        self.gate = gate
        self.verdict = verdict
        self.effective = effective ?? verdict
        self.reasons = reasons
        self.checks = checks
        self.subjects = subjects
        self.isTruncated = isTruncated
        self.share = share
        self.hold = hold
        self.attempts = attempts
        self.durationUs = durationUs
        self.usage = usage
        self.waiver = waiver
    }

    package func write(to fields: inout EvidenceFields) {
        fields.word("gate", gate)
        fields.word("verdict", verdict.rawValue)
        fields.word("effective", effective.rawValue)
        fields.parts("reasons", reasons)
        fields.part("checks", checks)
        fields.integer("subjects", subjects)
        fields.flag("truncated", isTruncated ? true : nil)
        fields.part("share", share)
        fields.part("hold", hold)
        fields.integer("attempts", attempts)
        fields.integer("duration_us", durationUs)
        fields.part("usage", usage)
        fields.value("waiver", waiver)
    }
}

extension GateFinished {
    /// Why a gate did not pass.
    package struct Reason: EvidencePart {
        package var code: String
        package var message: String?
        package var subject: [ByteString: Value]?
        package var at: String?
        /// In merged evidence: the shard whose reason it is.
        package var shard: Int?

        package init(
            code: String, message: String? = nil, subject: [ByteString: Value]? = nil, at: String? = nil,
            shard: Int? = nil
        ) {
            self.code = code
            self.message = message
            self.subject = subject
            self.at = at
            self.shard = shard
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("code", code)
            fields.text("message", message)
            fields.value("subject", subject.map { .map($0) })
            fields.text("at", at)
            fields.integer("shard", shard)
        }
    }

    /// The partitions that a shard scanned, of those that the gate asked to have scanned.
    package struct Share: EvidencePart {
        package var units: Int
        package var total: Int
        /// SHA-256 of the list of all of them: a line each, topic, tabulator, partition, in order.
        package var digest: String
        /// What the split rests on: `freeze` or `names`.
        package var basis: String

        package init(units: Int, total: Int, digest: String, basis: String) {
            self.units = units
            self.total = total
            self.digest = digest
            self.basis = basis
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("units", units)
            fields.integer("total", total)
            fields.word("sha256", digest)
            fields.word("basis", basis)
        }
    }

    /// How many checks came to what.
    package struct CheckCounts: EvidencePart {
        package var passed: Int
        package var failed: Int
        package var unknown: Int

        package init(passed: Int = 0, failed: Int = 0, unknown: Int = 0) {
            self.passed = passed
            self.failed = failed
            self.unknown = unknown
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("passed", passed)
            fields.integer("failed", failed)
            fields.integer("unknown", unknown)
        }
    }

    /// How long a gate had to pass without a break, and did.
    package struct Hold: EvidencePart {
        package var requiredUs: Int64
        package var achievedUs: Int64
        package var samples: Int

        package init(requiredUs: Int64, achievedUs: Int64, samples: Int) {
            self.requiredUs = requiredUs
            self.achievedUs = achievedUs
            self.samples = samples
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("required_us", requiredUs)
            fields.integer("achieved_us", achievedUs)
            fields.integer("samples", samples)
        }
    }

    /// What a gate cost the clusters and this machine.
    package struct Usage: EvidencePart {
        package var requests: Int
        package var bytesIn: Int64
        package var rttUs: Int64?
        package var luaPeakBytes: Int?

        package init(requests: Int = 0, bytesIn: Int64 = 0, rttUs: Int64? = nil, luaPeakBytes: Int? = nil) {
            self.requests = requests
            self.bytesIn = bytesIn
            self.rttUs = rttUs
            self.luaPeakBytes = luaPeakBytes
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("requests", requests)
            fields.integer("bytes_in", bytesIn)
            fields.integer("rtt_us", rttUs)
            fields.integer("lua_peak_bytes", luaPeakBytes)
        }
    }
}

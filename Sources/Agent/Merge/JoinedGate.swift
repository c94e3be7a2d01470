import Evidence
import Gate
import Value

/// A gate of a run whose shards are joined.
struct JoinedGate: Sendable {
    /// More reasons are counted only.
    private static let mostReasons = 100

    let id: String
    private(set) var verdict = Verdict.pass
    private(set) var reasons: [GateFinished.Reason] = []
    private(set) var checks = GateFinished.CheckCounts()
    private(set) var subjects = 0
    private(set) var isTruncated = false
    private(set) var attempts = 0
    private(set) var durationUs: Int64 = 0
    private(set) var usage = GateFinished.Usage()
    /// In every shard it was not run, because of another gate.
    private(set) var isSkipped: Bool
    private var unshown = 0

    /// `problems`: What is wrong with the run as a whole.
    init(_ id: String, in shards: [ShardEvidence], problems: [String]) throws(EvidenceError) {
        self.id = id
        isSkipped = !shards.isEmpty
        var isCovered = true
        for shard in shards {
            let isSplit = shard.share?.split.contains(id) ?? false
            guard let end = shard.ends[id], let index = shard.index else {
                doubt(.init(code: "shard", message: "has no end of the gate", shard: shard.index))
                continue
            }
            count(end)
            isSkipped = isSkipped && end.isSkipped
            take(end, isSplit: isSplit, index: index)
            isCovered = isCovered && isSplit
        }
        if verdict == .pass, isCovered, problems.isEmpty, let problem = try ShardCoverage.problem(of: id, in: shards) {
            doubt(problem)
        }
        if verdict == .pass, checks.passed == 0 {
            doubt(.init(code: "vacuous", message: "nothing was checked by any shard"))
        }
        for problem in problems { doubt(.init(code: "shard", message: problem)) }
        if unshown > 0 { reasons.append(.init(code: "limit", message: "and \(unshown) more reasons")) }
    }

    private mutating func take(_ end: ShardEvidence.GateEnd, isSplit: Bool, index: Int) {
        switch end.verdict {
        case .pass where !isSplit, .inconclusive where isSplit && end.isGoodShare: break
        case .fail:
            verdict = .fail
            add(end.reasons, of: index)
        case .inconclusive:
            doubt()
            add(end.reasons.filter { $0.code != "shard" || !isSplit }, of: index)
        case .pass:
            doubt(.init(code: "shard", message: "passed a gate of which it can have seen a part only", shard: index))
        }
    }

    private mutating func doubt(_ reason: GateFinished.Reason? = nil) {
        if verdict == .pass { verdict = .inconclusive }
        if let reason { add([reason], of: reason.shard) }
    }

    private mutating func add(_ more: [GateFinished.Reason], of shard: Int?) {
        for var reason in more {
            guard reasons.count < Self.mostReasons else {
                unshown += 1
                continue
            }
            reason.shard = shard
            reasons.append(reason)
        }
    }

    private mutating func count(_ end: ShardEvidence.GateEnd) {
        checks.passed = checks.passed.saturatingSum(end.checks.passed)
        checks.failed = checks.failed.saturatingSum(end.checks.failed)
        checks.unknown = checks.unknown.saturatingSum(end.checks.unknown)
        subjects = subjects.saturatingSum(end.subjects)
        isTruncated = isTruncated || end.isTruncated
        attempts = max(attempts, end.attempts)
        durationUs = max(durationUs, end.durationUs)
        usage.requests = usage.requests.saturatingSum(end.requests)
        usage.bytesIn = usage.bytesIn.saturatingSum(end.bytesIn)
    }
}

extension ShardEvidence.GateEnd {
    /// Whether nothing but being a share kept it from a pass.
    fileprivate var isGoodShare: Bool {
        reasons.map(\.code) == ["shard"] && checks.failed == 0 && checks.unknown == 0 && share != nil
    }

    fileprivate var isSkipped: Bool {
        attempts == 0 && !reasons.isEmpty && reasons.allSatisfy { ["needs", "fail_fast"].contains($0.code) }
    }
}

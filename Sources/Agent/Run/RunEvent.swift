package import Gate
package import KafkaClient

/// What happens in a run, for whoever watches it.
package enum RunEvent: Sendable {
    case started(run: String, gates: Int)
    case clusterFound(side: ClusterSide, bootstrap: String, clusterID: String?, brokers: Int)
    case clusterLost(side: ClusterSide, bootstrap: String, message: String)
    /// Round 1 is the first; later ones come with `--wait` and `--watch`.
    case roundStarted(Int)
    /// `scans`: how far its scans of whole logs have come whenever it is called; nil while there are none.
    case gateStarted(id: String, attempt: Int, scans: @Sendable () -> ScanProgress? = { nil })
    /// A gate has ended for good.
    case gateFinished(GateSummary)
    /// The end of a round that is not the last: how many gates passed, how long it has held.
    case roundFinished(round: Int, passed: Int, of: Int, held: Duration?)
    /// Something a person should know that changes no verdict.
    case warning(String)
}

/// What a person wants to know of a gate that has ended.
package struct GateSummary: Sendable {
    package let id: String
    package let summary: String
    /// Nil: skipped.
    package let verdict: Verdict?
    package let severity: Severity
    package let elapsed: Duration
    package let checks: GateOutcome.Checks
    package let subjects: Int
    /// Failures first.
    package let reasons: [Reason]
    /// The check that matters most: the first failure, else the passing one nearest to its limit, such as
    /// `lag 12 of at most 100 records`.
    package let headline: String?
}

/// Watches a run; called from any thread, one call at a time.
package protocol RunObserver: Sendable {
    func observe(_ event: RunEvent)
}

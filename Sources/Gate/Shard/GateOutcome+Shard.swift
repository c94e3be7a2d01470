extension GateOutcome {
    /// Whether nothing but being a share keeps it from a pass.
    package var isGoodShare: Bool { verdict == .inconclusive && reasons.map(\.code) == [.shard] }

    /// The same outcome of a gate that was shown only the units of one shard: no pass, as not every subject was observed.
    ///
    /// A shard to which none of the units fell has nothing to judge, and nothing to say against a pass either.
    package func share(_ shard: Shard, units: Int, of all: Int) -> GateOutcome {
        let reason = Reason(
            .shard,
            "looked at \(units) of \(all) parts as shard \(shard) and found nothing wrong; sluice merge joins the shards"
        )
        if verdict == .pass { return withheld(reason) }
        let isIdle = units == 0 && all > 0 && subjects == 0 && reasons.map(\.code) == [.vacuous]
        return isIdle ? .notRun(reason) : self
    }
}

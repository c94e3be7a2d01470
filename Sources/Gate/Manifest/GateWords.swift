/// The steps of a migration, in their order.
package enum Phase: String, CaseIterable, Hashable, Sendable {
    case inventory, preflight
    case catchUp = "catch_up"
    case freeze, cutover, validate, rollback, decommission
}

/// Whether a gate decides the run.
package enum Severity: String, CaseIterable, Hashable, Sendable {
    case blocker
    /// Reported and counted; decides only where the gate was named on the command line.
    case warning
}

/// What a gate may change on a cluster, if the run allows it.
package enum Effect: String, CaseIterable, Hashable, Sendable {
    case produce, commit, create, delete
}

/// One of the two clusters of a migration.
package enum ClusterSide: String, CaseIterable, Hashable, Sendable {
    case source, target
}

/// How a gate says which cluster it reads.
package enum ClusterUse: Hashable, Sendable {
    case side(ClusterSide)
    /// The argument of this name holds the side.
    case argument(String)
}

/// A fact that mutation may change without this gate seeing it.
package struct BlindSpot: Hashable, Sendable {
    package let fact: String
    package let reason: String
}

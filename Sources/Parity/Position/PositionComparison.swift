package import KafkaClient
package import KafkaRecords

/// Where a group's commit on the target stands, seen from its commit on the source.
package struct PositionComparison: Sendable {
    package enum Relation: String, Hashable, Sendable {
        /// Both point at the same record.
        case exact
        /// The target's points at an earlier one: records come again.
        case redeliver
        /// The target's points at a later one: records are lost to the group.
        case skip
        /// The target's lies outside the log: the group will jump, by its reset policy.
        case outOfRange = "out_of_range"
    }

    /// Why there is no relation.
    package enum Obstacle: String, Hashable, Sendable {
        case noSourceCommit = "no_source_commit"
        case noTargetCommit = "no_target_commit"
        /// The source's commit lies beyond the end of its log: the log has lost records that were read.
        case sourceOutOfRange = "source_out_of_range"
        /// The source has lost records that were not read, and the target may still hold them.
        case sourceLost = "source_lost"
        /// The source holds no record by which the place could be recognised.
        case sourceEmpty = "source_empty"
        /// The target does not hold the records around the source's commit: not yet, or not any more.
        case notFound = "not_found"
        /// The records around it repeat, so that no run of them says which place is meant.
        case ambiguous
        /// Not all that lies between the two positions could be read, or it is too much.
        case notCounted = "not_counted"
    }

    package let pair: LogPair
    package var sourceCommit: Int64?
    package var targetCommit: Int64?
    package var relation: Relation?
    package var obstacle: Obstacle?
    /// Data records between the target's commit and the place.
    package var records: Int64?
    /// Whether there may be more of them than were counted.
    package var isAtLeast = false
    /// The place on the target that corresponds to the source's commit.
    package var place: Int64?
    /// How many records in a row agree around it.
    package var run = 0
    /// How often the target has it.
    package var occurrences = 0
    /// Whether the source's commit lies before its log: judged by the nearest record that is left.
    package var isApproximate = false
    /// The first data record from each commit on.
    package var sourceRecord: DigestedRecord?
    package var targetRecord: DigestedRecord?
    package var error: KafkaError?

    package init(_ pair: LogPair) {
        self.pair = pair
    }
}

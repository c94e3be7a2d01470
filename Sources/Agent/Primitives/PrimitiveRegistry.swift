extension Primitive {
    /// Every primitive of a cluster, in the order of the documentation.
    package static let all: [Primitive] = [
        describe, topics, offsets, groups, group, groupOperations, committed, lag, configs, records, count, probe, acls,
        quotas, scramUsers, logDirs, reassignments, producers, transactions, epochEnd,
    ]
}

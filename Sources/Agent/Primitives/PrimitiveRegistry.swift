extension Primitive {
    /// Every primitive of a cluster, in the order of the documentation.
    package static let all: [Primitive] = [
        describe, topics, offsets, groups, group, groupOperations, committed, lag, configs, records, count, batches,
        digest, probe, acls, quotas, scramUsers, logDirs, reassignments, producers, transactions, epochEnd,
    ]

    /// `ctx.compare`: questions about both clusters.
    package static let comparisons: [Primitive] = [compareRecords, comparePosition]

    /// `ctx.mm2`: the books of MirrorMaker 2, on whichever cluster they are kept.
    package static let mirrorMaker: [Primitive] = [offsetSyncs, checkpoints, heartbeats]

    /// All of them, wherever they are called.
    package static let everywhere = all + comparisons + mirrorMaker
}

/// What MirrorMaker does for consumer groups, and its heartbeats.
extension MirrorMaker {
    /// Where a group stands in a partition, on either side.
    struct Checkpoint: Sendable {
        var positions: OffsetSyncStore.Pair
        var metadata: String
    }

    static let heartbeats: Name = "heartbeats"

    /// Writes a checkpoint of each partition in which a group has moved, as far as the offset syncs can tell where to.
    package mutating func emitCheckpoints(of groups: [String]) throws {
        let topic = "\(settings.sourceAlias).checkpoints.internal"
        target.change { $0.makeInternal(topic) }
        for name in groups.map({ Name($0) }) {
            let commits = source.read { $0.groups[name]?.commits ?? [:] }
            for (committed, partitions) in commits.sorted(by: { $0.key < $1.key }) {
                for (index, commit) in partitions.sorted(by: { $0.key < $1.key }) {
                    guard let checkpoint = checkpoint(commit, committed, index) else { continue }
                    let last = checkpoints[name]?[committed]?[index]?.positions
                    // Back only with the group itself: a translation that became coarser is no news.
                    if let last, checkpoint.positions.source >= last.source, checkpoint.positions.target <= last.target
                    {
                        continue
                    }
                    checkpoints[name, default: [:]][committed, default: [:]][index] = checkpoint
                    let record = MirrorRecords.checkpoint(
                        name, targetName(of: committed.text), index, checkpoint.positions,
                        metadata: checkpoint.metadata)
                    _ = try target.change { try $0.append([record], to: topic) }
                }
            }
        }
    }

    private func checkpoint(_ commit: Group.Commit, _ topic: Name, _ index: Int32) -> Checkpoint? {
        guard let offset = progress[topic]?[index]?.syncs.translate(commit.offset) else { return nil }
        return Checkpoint(positions: .init(source: commit.offset, target: offset), metadata: commit.metadata)
    }

    /// Commits the checkpoints on the target (`sync.group.offsets.enabled`), for groups that nobody is a member of
    /// there, and never back.
    package func syncGroupOffsets() {
        target.change { state in
            for (group, topics) in checkpoints where state.groups[group]?.members.isEmpty ?? true {
                for (topic, partitions) in topics {
                    let name = targetName(of: topic.text)
                    for (index, checkpoint) in partitions {
                        let there = state.groups[group]?.commits[Name(name)]?[index]?.offset
                        if let there, there >= checkpoint.positions.target { continue }
                        state.commit(
                            checkpoint.positions.target, of: group.text, name, index, metadata: checkpoint.metadata)
                    }
                }
            }
        }
    }

    /// Writes a heartbeat to either cluster; that of the source is copied with the next records.
    package func emitHeartbeats() throws {
        let (from, to) = (settings.sourceAlias, settings.targetAlias)
        for (cluster, record) in [
            (target, { MirrorRecords.heartbeat(from: from, to: to, atMs: $0) }),
            (source, { MirrorRecords.heartbeat(from: to, to: from, atMs: $0) }),
        ] {
            _ = try cluster.change { state in
                state.makeInternal(Self.heartbeats.text)
                try state.append([record(state.nowMs)], to: Self.heartbeats.text)
            }
        }
    }
}

/// Changes to what is there: leaders, commits, time.
extension ClusterState {
    /// Makes another replica the leader; with `announced` false Metadata keeps naming the old one for now.
    package mutating func moveLeader(of topic: String, _ partition: Int32, to broker: Int32, announced: Bool = true) {
        _ = change(Name(topic), partition) { partition in
            let before = Topic.Leadership(leader: partition.leader, epoch: partition.leaderEpoch)
            partition.announced = announced ? nil : partition.announced ?? before
            partition.leader = broker
            partition.leaderEpoch += 1
            partition.log.begin(epoch: partition.leaderEpoch)
            if !partition.replicas.contains(broker) { partition.replicas.append(broker) }
            if !partition.inSync.contains(broker) { partition.inSync.append(broker) }
        }
    }

    /// Lets Metadata tell the truth again.
    package mutating func announceLeaders() {
        for name in topics.keys {
            for index in topics[name]?.partitions.indices ?? 0..<0 { topics[name]?.partitions[index].announced = nil }
        }
    }

    package mutating func commit(
        _ offset: Int64, of group: String, _ topic: String, _ partition: Int32 = 0, leaderEpoch: Int32 = -1,
        metadata: String = ""
    ) {
        groups[Name(group), default: Group()].commits[Name(topic), default: [:]][partition] = Group.Commit(
            offset: offset, leaderEpoch: leaderEpoch, metadata: metadata)
    }

    package mutating func hide(_ topic: String) { topics[Name(topic)]?.isHidden = true }

    /// Holds back the high watermark, as a replica that does not follow; nil: it follows again.
    package mutating func replicate(_ topic: String, _ partition: Int32, to offset: Int64?) {
        _ = change(Name(topic), partition) { $0.log.replicate(to: offset) }
    }

    package mutating func deleteRecords(of topic: String, _ partition: Int32 = 0, before offset: Int64) {
        _ = change(Name(topic), partition) { $0.log.deleteRecords(before: offset) }
    }

    /// Lets an empty log begin at an offset, as one that retention has taken everything of.
    package mutating func begin(_ topic: String, _ partition: Int32 = 0, at offset: Int64) {
        _ = change(Name(topic), partition) { $0.log.begin(at: offset) }
    }

    /// Loses the end of a log, as an unclean leader election does.
    package mutating func truncate(_ topic: String, _ partition: Int32 = 0, to offset: Int64) {
        _ = change(Name(topic), partition) { $0.log.truncate(to: offset) }
    }

    package func log(of topic: String, _ partition: Int32 = 0) -> PartitionLog? {
        guard let partitions = topics[Name(topic)]?.partitions, partition >= 0, Int(partition) < partitions.count else {
            return nil
        }
        return partitions[Int(partition)].log
    }

    /// Sets the time and lets retention take what is due.
    ///
    /// A batch goes as a whole, and never out of order; Kafka waits for whole segments.
    package mutating func advance(toMs time: Int64) {
        nowMs = max(nowMs, time)
        expireTransactions()
        for (name, topic) in topics {
            let policy = topic.setting("cleanup.policy", profile) ?? "delete"
            guard policy.split(separator: ",").contains(where: { Name(String($0)) == "delete" }) else { continue }
            let age = topic.number("retention.ms", profile) ?? -1
            let size = topic.number("retention.bytes", profile) ?? -1
            for index in topic.partitions.indices {
                if age >= 0, topic.partitions[index].log.isOlder(than: nowMs - min(age, nowMs)) {
                    let limit = nowMs - min(age, nowMs)
                    topics[name]?.partitions[index].log.expire { $0.maxTimestamp >= 0 && $0.maxTimestamp < limit }
                }
                guard size >= 0 else { continue }
                var surplus = Int64(topic.partitions[index].log.sizeInBytes) - size
                topics[name]?.partitions[index].log.expire { batch in
                    guard surplus >= Int64(batch.bytes.count) else { return false }
                    surplus -= Int64(batch.bytes.count)
                    return true
                }
            }
        }
    }
}

extension PartitionLog {
    /// Whether anything is due, so that logs with nothing to lose are not copied.
    fileprivate func isOlder(than limit: Int64) -> Bool {
        batches.first.map { $0.maxTimestamp >= 0 && $0.maxTimestamp < limit } ?? false
    }
}

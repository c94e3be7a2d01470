package import KafkaRecords

/// Copies topics and commits between two embedded clusters as MirrorMaker 2 does (that of Kafka 3.8 and later).
///
/// Records are written anew under new offsets; which of them are the same is told by sparse offset syncs, and groups
/// are translated by these, never ahead. Each method is one of the things that MirrorMaker does every so often, so that
/// a test decides which of them has happened.
package struct MirrorMaker: Sendable {
    /// What topics are called on the target.
    package enum Naming: Sendable {
        /// `DefaultReplicationPolicy`: behind the alias of the source.
        case prefixed
        /// `IdentityReplicationPolicy`: as on the source, heartbeats excepted.
        case identity
    }

    package struct Settings: Sendable {
        package var sourceAlias = "source"
        package var targetAlias = "target"
        package var naming = Naming.prefixed
        /// `consumer.isolation.level`: by default MirrorMaker copies aborted records like others.
        package var isolation = IsolationLevel.readUncommitted
        package var offsetLagMax: Int64 = 100
        /// Of the topics it creates.
        package var replicationFactor = 2

        package init() {}
    }

    /// How far a partition of the source is copied.
    struct Progress: Sendable {
        /// The next record to copy.
        var position: Int64
        var writer: OffsetSyncWriter
        var syncs = OffsetSyncStore()
    }

    package let settings: Settings
    let source: EmbeddedCluster
    let target: EmbeddedCluster
    var progress: [Name: [Int32: Progress]] = [:]
    /// The last checkpoint of each partition of a group, by source topic.
    var checkpoints: [Name: [Name: [Int32: Checkpoint]]] = [:]
    /// How many records were written to the target, heartbeats not counted.
    package private(set) var copiedRecords = 0

    package init(from source: EmbeddedCluster, to target: EmbeddedCluster, _ settings: Settings = Settings()) {
        self.source = source
        self.target = target
        self.settings = settings
    }

    /// What a topic of the source is called on the target.
    package func targetName(of topic: String) -> String {
        settings.naming == .prefixed || Name(topic) == Self.heartbeats ? "\(settings.sourceAlias).\(topic)" : topic
    }

    // MARK: Records

    /// Copies what is new in `topics` and in the source's heartbeats, with the offset syncs that are due at once.
    ///
    /// Topics, partitions and settings that the target lacks are made.
    package mutating func copy(_ topics: [String]) throws {
        for name in topics.map({ Name($0) }) + [Self.heartbeats] {
            guard let topic = source.read({ $0.topics[name] }) else { continue }
            let copied = targetName(of: name.text)
            let replicationFactor = settings.replicationFactor
            target.change { $0.makeMirror(of: topic, named: Name(copied), replicationFactor: replicationFactor) }
            for (index, partition) in topic.partitions.enumerated() {
                try copy(partition.log, name, Int32(index), to: copied)
            }
        }
    }

    /// Writes the syncs that wait for the periodic commit (`offset.flush.interval.ms`).
    package mutating func flushOffsetSyncs() throws {
        for (topic, partitions) in progress.sorted(by: { $0.key < $1.key }) {
            for index in partitions.keys.sorted() {
                if let sync = progress[topic]?[index]?.writer.takeDelayed() { try write(sync, topic, index) }
            }
        }
    }

    /// Starts anew from positions that are `records` source offsets old, so that the records since come twice.
    ///
    /// As after a crash: the positions are stored with the periodic commit only, what was written stays.
    package mutating func restart(rereading records: Int64) {
        for (topic, partitions) in progress {
            for (index, found) in partitions {
                progress[topic]?[index]?.position = max(0, found.position - records)
                progress[topic]?[index]?.writer = OffsetSyncWriter(offsetLagMax: settings.offsetLagMax)
            }
        }
    }

    private mutating func copy(_ log: PartitionLog, _ topic: Name, _ index: Int32, to name: String) throws {
        let isCommitted = settings.isolation == .readCommitted
        let end = isCommitted ? log.lastStableOffset : log.highWatermark
        // Where retention was faster, MirrorMaker goes on with what is left (`auto.offset.reset=earliest`).
        var position = max(progress[topic]?[index]?.position ?? log.startOffset, log.startOffset)
        while position < end {
            let bytes = log.read(from: position, to: end, limit: 1 << 20, wholeFirst: true)
            let aborted = log.aborted(from: position, bytes: bytes).map {
                AbortedTransaction(producerId: $0.producerID, firstOffset: $0.firstOffset)
            }
            let (records, summary) = try RecordReader().read(
                FetchedRecords(
                    bytes[...], from: position, to: end, isolationLevel: settings.isolation,
                    abortedTransactions: isCommitted ? aborted : []))
            try write(records, topic, index, to: name)
            guard summary.nextOffset > position else { break }
            position = summary.nextOffset
            progress[topic]?[index]?.position = position
        }
    }

    /// Writes records in batches such as a producer makes, and the syncs they are due.
    private mutating func write(_ records: [KafkaRecord], _ topic: Name, _ index: Int32, to name: String) throws {
        for start in stride(from: 0, to: records.count, by: 100) {
            let batch = records[start..<min(start + 100, records.count)]
            let base = try target.change { state in
                try state.append(
                    batch.map { record in
                        NewRecord(
                            key: record.key, value: record.value, headers: record.headers,
                            timestamp: record.timestamp < 0 ? nil : record.timestamp)
                    }, to: name, index)
            }
            if topic != Self.heartbeats { copiedRecords += batch.count }
            for (place, record) in batch.enumerated() {
                let copied = OffsetSyncStore.Pair(source: record.offset, target: base + Int64(place))
                let fresh = Progress(
                    position: record.offset, writer: OffsetSyncWriter(offsetLagMax: settings.offsetLagMax))
                if let sync = progress[topic, default: [:]][index, default: fresh].writer.sync(for: copied) {
                    try write(sync, topic, index)
                }
            }
        }
    }

    private mutating func write(_ sync: OffsetSyncStore.Pair, _ topic: Name, _ index: Int32) throws {
        progress[topic]?[index]?.syncs.add(sync)
        let name = "mm2-offset-syncs.\(settings.targetAlias).internal"
        try source.change { state in
            state.makeInternal(name)
            try state.append([MirrorRecords.offsetSync(topic, index, sync)], to: name)
        }
    }
}

extension ClusterState {
    /// Settings of topics that are each cluster's own (`config.properties.exclude`).
    private static let notMirrored: Set<Name> = [
        "follower.replication.throttled.replicas", "leader.replication.throttled.replicas",
        "message.timestamp.difference.max.ms", "message.timestamp.type", "unclean.leader.election.enable",
        "min.insync.replicas",
    ]

    /// Creates what the target lacks of a topic, and takes over its settings.
    fileprivate mutating func makeMirror(of topic: Topic, named name: Name, replicationFactor: Int) {
        let all = placement(partitions: topic.partitions.count, replication: replicationFactor)
        let mirrored = topic.settings.filter { !Self.notMirrored.contains($0.key) }
        guard let there = topics[name] else {
            addTopic(name, replicas: all, settings: mirrored)
            return
        }
        topics[name]?.settings = mirrored.merging(there.settings.filter { Self.notMirrored.contains($0.key) }) { $1 }
        topics[name]?.partitions += all.dropFirst(there.partitions.count).map {
            Topic.Partition(leader: $0[0], replicas: $0, inSync: $0)
        }
    }

    /// Creates one of MirrorMaker's own topics, if it is not there yet.
    mutating func makeInternal(_ name: String) {
        guard topics[Name(name)] == nil else { return }
        createTopic(name, replication: liveBrokers.count, settings: ["cleanup.policy": "compact"])
    }
}

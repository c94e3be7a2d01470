package import KafkaClient
package import KafkaRecords
private import KafkaWire
private import Transport

/// A group's position in one partition against the ends of its log.
package struct PartitionLag: Hashable, Sendable {
    package let partition: TopicPartition
    /// Nil: no commit.
    package let committed: Int64?
    package let startOffset: Int64
    /// The high watermark.
    package let endOffset: Int64
    /// The last stable offset: what a read_committed consumer reads up to.
    package let stableOffset: Int64
    /// Whether the end offset was confirmed by a Fetch answer too; without READ on the topic it cannot be.
    package let isEndConfirmed: Bool

    /// Offsets, not records, between the commit and the end; negative where the commit lies beyond it.
    package func span(_ isolation: IsolationLevel) -> Int64? {
        guard let committed else { return nil }
        let end = isolation == .readCommitted ? stableOffset : endOffset
        let (span, overflows) = end.subtractingReportingOverflow(committed)
        return overflows ? nil : span
    }
}

extension KafkaCluster {
    /// Where a group stands in each partition of `topics`, or (nil) of all topics it has a commit in.
    ///
    /// Commits are read before ends, so that a lag is never falsely small or negative.
    package func lag(
        of group: String, topics: [String]?, _ context: CallContext
    ) async throws(KafkaError) -> [(partition: TopicPartition, lag: Measured<PartitionLag>)] {
        var commits: [TopicPartition: Measured<CommittedOffset>] = [:]
        var names = topics
        if topics == nil {
            for commit in try await safeCommits(of: group, in: nil, context) {
                if let partition = commit.value?.partition ?? commit.error?.partition { commits[partition] = commit }
            }
            names = Set(commits.keys.map(\.topic)).sorted()
        }
        guard let names, !names.isEmpty else { return [] }
        var partitions: [TopicPartition] = []
        var rows: [(partition: TopicPartition, lag: Measured<PartitionLag>)] = []
        for topic in try await self.topics(names, context) {
            switch topic.metadata {
            case .value(let metadata):
                partitions += metadata.partitions.map { TopicPartition(topic.name, $0.index) }.sorted()
            case .unknown(let error): rows.append((TopicPartition(topic.name, -1), .unknown(error)))
            }
        }
        if topics != nil {
            let read = try await safeCommits(of: group, in: partitions, context)
            for (partition, commit) in zip(partitions, read) { commits[partition] = commit }
        }
        let bounds = await logBounds(of: partitions, context)
        for (partition, bounds) in zip(partitions, bounds) {
            rows.append((partition, Self.lag(partition, commits.removeValue(forKey: partition), bounds)))
        }
        // A commit in a partition that its topic does not have: the topic was made anew, with fewer.
        let missing = Set(rows.filter { $0.partition.partition < 0 }.map(\.partition.topic))
        for partition in commits.keys.sorted() where !missing.contains(partition.topic) {
            let error = KafkaError(.broker(.unknownTopicOrPartition, message: "committed, yet not there"))
            rows.append((partition, .unknown(error.with { $0.partition = partition })))
        }
        return rows
    }

    /// Brokers before 2.5 cannot be asked to wait for open transactions; what they give instead is the commit before,
    /// which makes a lag look larger, never smaller.
    private func safeCommits(
        of group: String, in partitions: [TopicPartition]?, _ context: CallContext
    ) async throws(KafkaError) -> [Measured<CommittedOffset>] {
        do {
            return try await committedOffsets(of: group, partitions: partitions, stable: true, context)
        } catch {
            guard case .unsupported = error.reason else { throw error }
            return try await committedOffsets(of: group, partitions: partitions, stable: false, context)
        }
    }

    private static func lag(
        _ partition: TopicPartition, _ commit: Measured<CommittedOffset>?, _ bounds: Measured<LogBounds>
    ) -> Measured<PartitionLag> {
        if let error = commit?.error { return .unknown(error.with { $0.partition = partition }) }
        return bounds.map { bounds in
            PartitionLag(
                partition: partition, committed: commit?.value?.offset, startOffset: bounds.start,
                endOffset: bounds.end, stableOffset: bounds.stable, isEndConfirmed: bounds.isEndConfirmed)
        }
    }
}

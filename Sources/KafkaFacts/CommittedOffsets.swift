package import KafkaClient
private import KafkaWire

/// What a group has committed for one partition.
package struct CommittedOffset: Hashable, Sendable {
    package let partition: TopicPartition
    /// Nil: the group has no commit there.
    package let offset: Int64?
    package let leaderEpoch: Int32?
    package let metadata: String?
}

extension KafkaCluster {
    /// The commits of a group, in the order of `partitions`, or all it has (nil), by topic and partition.
    ///
    /// - Parameter stable: wait for transactional commits that are still open (KIP-447).
    package func committedOffsets(
        of group: String, partitions: [TopicPartition]?, stable: Bool, _ context: CallContext
    ) async throws(KafkaError) -> [Measured<CommittedOffset>] {
        var found: [TopicPartition: Measured<CommittedOffset>] = [:]
        var backoff = Backoff()
        var tries = 1
        while true {
            found = try await readCommits(of: group, partitions: partitions, stable: stable, context)
            let deservesRetry = found.values.contains { $0.error?.deservesRetry(after: tries) == true }
            guard deservesRetry, await backoff.wait(by: context.deadline) else { break }
            tries += 1
        }
        guard let partitions else {
            return found.keys.sorted().compactMap { found[$0] }
        }
        return partitions.map { partition in
            found[partition]
                ?? .unknown(
                    KafkaError(.malformed("the answer leaves the partition out"), api: "OffsetFetch")
                        .with { $0.partition = partition })
        }
    }

    private func readCommits(
        of group: String, partitions: [TopicPartition]?, stable: Bool, _ context: CallContext
    ) async throws(KafkaError) -> [TopicPartition: Measured<CommittedOffset>] {
        var byTopic: [String: [Int32]]?
        if let partitions {
            byTopic = [:]
            for partition in partitions { byTopic?[partition.topic, default: []].append(partition.partition) }
        }
        let spoken = OffsetFetchRequest.spoken
        // Below version 7 nothing can be asked to be stable, and the answer would quietly be something else.
        let versions = stable ? max(7, spoken.lowerBound)...spoken.upperBound : spoken
        return try await callCoordinator(OffsetFetchRequest.self, of: group, versions: versions, context) { version in
            .with { request in
                request.requireStable = stable
                if version >= 8 {
                    request.groups = [
                        .with { entry in
                            entry.groupID = group
                            entry.topics = byTopic.map { topics in
                                topics.sorted { $0.key < $1.key }.map { topic in
                                    .with { $0.name = topic.key; $0.partitionIndexes = topic.value }
                                }
                            }
                        }
                    ]
                } else {
                    request.groupID = group
                    request.topics = byTopic.map { topics in
                        topics.sorted { $0.key < $1.key }.map { topic in
                            .with { $0.name = topic.key; $0.partitionIndexes = topic.value }
                        }
                    }
                }
            }
        } read: { reply throws(KafkaError) in
            try Self.commits(of: group, in: reply.response, version: reply.version)
        }
    }

    private static func commits(
        of group: String, in response: OffsetFetchResponse, version: Int16
    ) throws(KafkaError) -> [TopicPartition: Measured<CommittedOffset>] {
        var found: [TopicPartition: Measured<CommittedOffset>] = [:]
        func take(
            _ topic: String, _ index: Int32, _ error: KafkaErrorCode, _ offset: Int64, _ epoch: Int32, _ text: String?
        ) {
            let partition = TopicPartition(topic, index)
            if error != .none {
                found[partition] = .unknown(
                    KafkaError(.broker(error, message: nil), api: "OffsetFetch", version: version)
                        .with { $0.partition = partition })
                return
            }
            found[partition] = .value(
                CommittedOffset(
                    partition: partition, offset: offset < 0 ? nil : offset, leaderEpoch: epoch < 0 ? nil : epoch,
                    metadata: text))
        }
        if version >= 8 {
            guard let entry = response.groups.first(where: { $0.groupID == group }) else {
                throw KafkaError(.malformed("no answer for group \(group)"))
            }
            guard entry.error == .none else { throw KafkaError(.broker(entry.error, message: "group \(group)")) }
            for topic in entry.topics {
                for one in topic.partitions {
                    take(topic.name, one.index, one.error, one.committedOffset, one.committedLeaderEpoch, one.metadata)
                }
            }
            return found
        }
        guard response.error == .none else { throw KafkaError(.broker(response.error, message: "group \(group)")) }
        for topic in response.topics {
            for one in topic.partitions {
                take(topic.name, one.index, one.error, one.committedOffset, one.committedLeaderEpoch, one.metadata)
            }
        }
        return found
    }
}

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
    /// With `stable`, transactional commits that are still open are waited for (KIP-447).
    package func committedOffsets(
        of group: String, partitions: [TopicPartition]?, stable: Bool, _ context: CallContext
    ) async throws(KafkaError) -> [Measured<CommittedOffset>] {
        if partitions?.isEmpty == true { return [] }
        var found: [TopicPartition: Measured<CommittedOffset>] = [:]
        var open = partitions
        var backoff = Backoff()
        var tries = 1
        while true {
            let read = try await readCommits(of: group, partitions: open, stable: stable, context)
            found.merge(read) { _, new in new }
            open = []
            for (partition, commit) in read {
                guard let error = commit.error else { continue }
                found[partition] = .unknown(error.with { $0.tries = tries })
                if error.deservesRetry(after: tries) { open?.append(partition) }
            }
            guard open?.isEmpty == false, await backoff.wait(context) else { break }
            tries += 1
        }
        guard let partitions else { return found.keys.sorted().compactMap { found[$0] } }
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
        let topics = partitions.map(Self.topics)
        let spoken = OffsetFetchRequest.spoken
        // Below version 7 nothing can be asked to be stable, and the answer would quietly be something else.
        let versions = stable ? max(7, spoken.lowerBound)...spoken.upperBound : spoken
        return try await callCoordinator(OffsetFetchRequest.self, of: group, versions: versions, context) { version in
            var request = OffsetFetchRequest()
            request.requireStable = stable
            if version >= 8 {
                var entry = OffsetFetchRequest.Group()
                entry.groupID = group
                entry.topics = topics
                request.groups = [entry]
            } else {
                request.groupID = group
                request.topics = topics
            }
            return request
        } read: { reply throws(KafkaError) in
            try Self.commits(of: group, in: reply.response, version: reply.version)
        }
    }

    /// The partitions by topic, each once.
    private static func topics(_ partitions: [TopicPartition]) -> [OffsetFetchRequest.Topic] {
        var byTopic: [String: Set<Int32>] = [:]
        for partition in partitions { byTopic[partition.topic, default: []].insert(partition.partition) }
        return byTopic.sorted { $0.key < $1.key }.map { name, indices in
            var topic = OffsetFetchRequest.Topic()
            topic.name = name
            topic.partitionIndexes = indices.sorted()
            return topic
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
            func fail(_ reason: KafkaError.Reason) {
                found[partition] = .unknown(
                    KafkaError(reason, api: "OffsetFetch", version: version).with { $0.partition = partition })
            }
            guard error == .none else { return fail(.broker(error, message: nil)) }
            guard offset >= -1, offset < .max else { return fail(.malformed("committed offset \(offset)")) }
            found[partition] = .value(
                CommittedOffset(
                    partition: partition, offset: offset < 0 ? nil : offset, leaderEpoch: epoch < 0 ? nil : epoch,
                    metadata: text))
        }
        if version >= 8 {
            guard let entry = response.groups.first(where: { $0.groupID.utf8.elementsEqual(group.utf8) }) else {
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

package import KafkaClient
private import KafkaWire

/// What one replica occupies on one broker.
package struct LogDirFact: Hashable, Sendable {
    package let node: Int32
    package let directory: String
    package let partition: TopicPartition
    /// Bytes on the broker's own disks.
    package let size: Int64
    /// How far the replica is behind, in offsets.
    package let offsetLag: Int64
    /// The replica is being moved here from another directory of the broker.
    package let isFuture: Bool
    /// Of the directory's volume; nil where the broker does not tell (KIP-827, Kafka 3.3).
    package let totalBytes: Int64?
    package let usableBytes: Int64?
}

/// A partition whose replicas are being moved.
package struct ReassignmentFact: Hashable, Sendable {
    package let partition: TopicPartition
    package let replicas: [Int32]
    package let adding: [Int32]
    package let removing: [Int32]
}

extension KafkaCluster {
    /// The replicas on every broker; one that does not answer fails the list.
    package func logDirs(_ context: CallContext) async throws(KafkaError) -> [LogDirFact] {
        // Below version 3 a principal that may not ask gets an empty list and no error.
        let versions = max(3, DescribeLogDirsRequest.spoken.lowerBound)...DescribeLogDirsRequest.spoken.upperBound
        return try await askEveryBroker(DescribeLogDirsRequest.self, versions: versions, context) { _ in
            var request = DescribeLogDirsRequest()
            request.topics = nil
            return request
        } read: { reply throws(KafkaError) in
            if reply.response.error != .none { throw KafkaError(.broker(reply.response.error, message: nil)) }
            var facts: [LogDirFact] = []
            for directory in reply.response.results {
                if directory.error != .none {
                    throw KafkaError(.broker(directory.error, message: "log directory \(directory.logDir)"))
                }
                for topic in directory.topics {
                    for one in topic.partitions {
                        facts.append(
                            LogDirFact(
                                node: reply.node ?? -1, directory: directory.logDir,
                                partition: TopicPartition(topic.name, one.index), size: one.partitionSize,
                                offsetLag: one.offsetLag, isFuture: one.isFutureKey,
                                totalBytes: directory.totalBytes < 0 ? nil : directory.totalBytes,
                                usableBytes: directory.usableBytes < 0 ? nil : directory.usableBytes))
                    }
                }
            }
            return facts
        }.flatMap { $0 }
    }

    /// Partitions whose replicas are being moved now.
    package func reassignments(_ context: CallContext) async throws(KafkaError) -> [ReassignmentFact] {
        try await ask(ListPartitionReassignmentsRequest.self, to: .controller, context) { _ in
            var request = ListPartitionReassignmentsRequest()
            request.topics = nil
            return request
        } failure: {
            ($0.error, $0.errorMessage)
        } read: { response in
            response.topics.flatMap { topic in
                topic.partitions.map {
                    ReassignmentFact(
                        partition: TopicPartition(topic.name, $0.index), replicas: $0.replicas,
                        adding: $0.addingReplicas, removing: $0.removingReplicas)
                }
            }.filter { !$0.adding.isEmpty || !$0.removing.isEmpty }  // some brokers list every partition
        }
    }
}

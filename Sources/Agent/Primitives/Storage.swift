import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let logDirs = Primitive(
        "log_dirs", "What each replica occupies on each broker; one broker that does not answer fails the list.",
        apis: ["DescribeLogDirs (DESCRIBE on the cluster)"], parameters: [],
        fields: [
            Field("broker", "integer", "The node id."),
            Field("log_dir", "string", "The directory."),
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("partition_size", "integer", "Bytes on the broker's own disks; tiered storage does not count."),
            Field("offset_lag", "integer", "How far the replica is behind, in offsets."),
            Field("is_future_key", "boolean", "Being moved here from another directory."),
            Field(
                "total_bytes", "integer?",
                "Size of the directory's volume; nil where the broker does not tell (before 3.3)."),
            Field("usable_bytes", "integer?", "What is free of it."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.logDirs(question.context)
        return question.rows(found.count) { index in
            let replica = found[index]
            return Row([
                "broker": .integer(Int64(replica.node)), "log_dir": .text(replica.directory),
                "topic": .text(replica.partition.topic), "partition": .integer(Int64(replica.partition.partition)),
                "partition_size": .integer(replica.size), "offset_lag": .integer(replica.offsetLag),
                "is_future_key": .bool(replica.isFuture), "total_bytes": Value(replica.totalBytes),
                "usable_bytes": Value(replica.usableBytes),
            ])
        }
    }

    static let reassignments = Primitive(
        "reassignments", "Partitions whose replicas are being moved now.",
        apis: ["ListPartitionReassignments (DESCRIBE on the cluster)"], parameters: [],
        fields: [
            Field("topic", "string", "The topic."),
            Field("partition", "integer", "The partition."),
            Field("replicas", "integer[]", "All replicas at the moment."),
            Field("adding_replicas", "integer[]", "Those that come."),
            Field("removing_replicas", "integer[]", "Those that go."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.reassignments(question.context)
        return question.rows(found.count) { index in
            let move = found[index]
            func nodes(_ list: [Int32]) -> Value { .list(list.map { .integer(Int64($0)) }) }
            return Row([
                "topic": .text(move.partition.topic), "partition": .integer(Int64(move.partition.partition)),
                "replicas": nodes(move.replicas), "adding_replicas": nodes(move.adding),
                "removing_replicas": nodes(move.removing),
            ])
        }
    }
}

import Gate
import KafkaClient
import KafkaFacts
import KafkaWire
import LuaKit
import Value

extension Primitive {
    static let topics = Primitive(
        "topics",
        "Topics with their partitions. A name that does not exist and a glob that matches nothing are failed rows.",
        apis: ["Metadata (DESCRIBE on the topics)"],
        parameters: [
            Parameter("names", .strings, "Names or globs; a leading `!` excludes. Without: every topic."),
            Parameter("pattern", .strings, "The same, for those who prefer the word."),
            Parameter("internal", .boolean, "Also internal topics, which otherwise come only by name."),
            Parameter(
                "operations", .boolean,
                "Ask what the principal may do with each topic. Default: where the gate's text names the field."),
        ],
        fields: [
            Field("topic", "string", "The name."),
            Field("topic_id", "string?", "The id; nil where the cluster has none."),
            Field("internal", "boolean", "One of Kafka's own topics."),
            Field(
                "partitions", "sluice.Rows",
                "`{ partition, leader, leader_epoch, replicas, isr, offline }` each, in order; no leader is nil."),
            Field(
                "authorized_operations", "string[]?", "What the principal may do; nil where the broker does not tell."),
        ]
    ) { question throws(KafkaError) in
        question.topicRows(try await question.selectedTopics())
    }
}

extension Question {
    fileprivate enum Selected: Sendable {
        case topic(MetadataResponse.Topic, TopicFact, PartitionRows)
        case failed(name: String, KafkaError)

        init(_ fact: TopicFact) {
            self =
                switch fact.metadata {
                case .value(let topic): .topic(topic, fact, PartitionRows(topic.partitions))
                case .unknown(let error): .failed(name: fact.name, error)
                }
        }
    }

    fileprivate func selectedTopics() async throws(KafkaError) -> [Selected] {
        let withOperations = arguments["operations"] == nil ? readsOperations : flag("operations")
        guard let patterns = strings("names") ?? strings("pattern") else {
            let all = try await cluster.cluster.topics(nil, withOperations: withOperations, context)
            let includesInternal = flag("internal")
            return all.filter { fact in
                includesInternal || fact.metadata.value.map { !KafkaCluster.isInternal($0) } ?? true
            }.map { Selected($0) }
        }
        let entries = try await topicEntries(patterns)
        let names = entries.compactMap { entry -> String? in
            if case .name(let name) = entry { name } else { nil }
        }
        var facts: [ByteString: TopicFact] = [:]
        for fact in try await cluster.cluster.topics(names, withOperations: withOperations, context) {
            facts[ByteString(fact.name)] = fact
        }
        return entries.map { entry in
            switch entry {
            case .name(let name):
                // A topic that was asked for and is not answered must not just be missing among the rows.
                facts[ByteString(name)].map { Selected($0) }
                    ?? .failed(
                        name: name, KafkaError(.malformed("the answer leaves topic \(name) out"), api: "Metadata"))
            case .nothing(let pattern, let error): .failed(name: pattern, error)
            }
        }
    }

    /// Names and globs of topics, resolved.
    func topicEntries(_ patterns: [String]) async throws(KafkaError) -> [NameSelection.Entry] {
        let includesInternal = flag("internal")
        return try await NameSelection.entries(patterns, of: "topic") { () throws(KafkaError) in
            try await cluster.cluster.topics(nil, context).compactMap { fact in
                guard let topic = fact.metadata.value else { return nil }
                return GlobList.Candidate(
                    ByteString(fact.name), isInternal: !includesInternal && KafkaCluster.isInternal(topic))
            }
        }
    }

    fileprivate func topicRows(_ selected: [Selected]) -> RowList {
        var failures: [RowFailure] = []
        var bytes = 0
        for (index, entry) in selected.enumerated() {
            switch entry {
            case .topic(_, _, let partitions): bytes += 300 + partitions.bytes
            case .failed(_, let error): failures.append(RowFailure(index: index, error: error))
            }
        }
        return rows(selected.count, failures: failures, bytes: bytes) { index in
            switch selected[index] {
            case .failed(let name, let error): Row(["topic": .text(name)], error: error)
            case .topic(let topic, let fact, let partitions): Row(replies: Self.fields(topic, fact, partitions))
            }
        }
    }

    private static func fields(
        _ topic: MetadataResponse.Topic, _ fact: TopicFact, _ partitions: PartitionRows
    ) -> [ByteString: LuaReply] {
        [
            "topic": .frozen(.text(fact.name)),
            "topic_id": .frozen(topic.topicID == .zero ? .null : .text("\(topic.topicID)")),
            "internal": .frozen(.bool(KafkaCluster.isInternal(topic))),
            "partitions": .rows(partitions),
            "authorized_operations": .frozen(Value(operations: fact.authorizedOperations)),
        ]
    }
}

/// The partitions of a topic, each made when a script looks at it.
private struct PartitionRows: LuaRows, Sendable {
    private let partitions: [MetadataResponse.Partition]
    let fields: [ByteString] = ["partition", "leader", "leader_epoch", "replicas", "isr", "offline"]

    init(_ partitions: [MetadataResponse.Partition]) { self.partitions = partitions.sorted { $0.index < $1.index } }

    var count: Int { partitions.count }
    // The list of topics that it comes from is charged for it.
    var heldBytes: Int { 0 }
    /// What it keeps in memory, about.
    var bytes: Int {
        partitions.reduce(0) { sum, partition in
            let nodes = partition.replicaNodes.count + partition.isrNodes.count + partition.offlineReplicas.count
            return sum + MemoryLayout<MetadataResponse.Partition>.size + 3 * 32 + 4 * nodes
        }
    }

    func row(at index: Int) -> LuaRow {
        let partition = partitions[index]
        func nodes(_ list: [Int32]) -> LuaReply { .frozen(.list(list.map { .integer(Int64($0)) })) }
        return LuaRow(values: [
            .value(.integer(Int64(partition.index))),
            .value(partition.leaderID < 0 ? .null : .integer(Int64(partition.leaderID))),
            .value(partition.leaderEpoch < 0 ? .null : .integer(Int64(partition.leaderEpoch))),
            nodes(partition.replicaNodes), nodes(partition.isrNodes), nodes(partition.offlineReplicas),
        ])
    }
}

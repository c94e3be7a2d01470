package import KafkaClient
package import KafkaRecords
private import KafkaWire
private import Transport

/// The kinds of topics by which MirrorMaker 2 keeps its books.
package enum MirrorTopicKind: Hashable, Sendable {
    case offsetSyncs, checkpoints, heartbeats

    /// Whether a topic is of this kind, by its name: separators other than the dot are possible (KIP-690).
    package func matches(_ topic: String) -> Bool {
        switch self {
        case .offsetSyncs: topic.hasPrefix("mm2-offset-syncs") && topic.hasSuffix("internal")
        case .checkpoints: topic.hasSuffix("checkpoints.internal") || topic.hasSuffix("checkpoints-internal")
        case .heartbeats: topic == "heartbeats" || topic.hasSuffix(".heartbeats") || topic.hasSuffix("-heartbeats")
        }
    }
}

extension KafkaCluster {
    /// The topics of a kind that can be seen here, by name.
    package func mirrorTopics(
        _ kind: MirrorTopicKind, _ context: CallContext
    ) async throws(KafkaError) -> [String] {
        try await topics(nil, context).map(\.name).filter(kind.matches)
    }

    /// All records of MirrorMaker's only partition, to the end that it has now.
    ///
    /// An answer that stops earlier is an error: half the books are worse than none.
    package func mirrorRecords(
        of topic: String, from start: Int64? = nil, _ context: CallContext
    ) async throws(KafkaError) -> [KafkaRecord] {
        let partition = TopicPartition(topic, 0)
        let bounds = await logBounds(of: [partition], context).first
        guard case .value(let bounds)? = bounds else {
            throw bounds?.error ?? KafkaError(.cancelled)
        }
        var records: [KafkaRecord] = []
        var next = max(bounds.start, start ?? 0)
        while next < bounds.end {
            let slice = try await self.records(
                of: partition, from: next, to: bounds.end, count: 100_000, isolation: .readUncommitted,
                maxBytes: 32 << 20, context)
            records += slice.records
            guard records.count <= 1_000_000 else {
                throw KafkaError(.limit("\(topic) has more than a million records"), api: "Fetch")
            }
            guard slice.nextOffset > next else {
                throw KafkaError(.malformed("the log of \(topic) stops at \(next), before its end \(bounds.end)"))
                    .with { $0.partition = partition }
            }
            next = slice.nextOffset
        }
        return records
    }
}

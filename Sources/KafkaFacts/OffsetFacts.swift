package import KafkaClient
private import KafkaWire
import Transport

/// Which offset of a partition is meant.
package enum OffsetPosition: Hashable, Sendable {
    /// The first offset still there, the remote tier included.
    case start
    /// The high watermark: the end of what is replicated.
    case end
    /// The last stable offset: the end of what a read_committed consumer sees.
    case stable
    /// The record with the greatest timestamp (KIP-734).
    case maxTimestamp
    /// The first offset on the broker's own disks (KIP-405).
    case localStart
    /// The last offset in the remote tier (KIP-1005).
    case tiered
    /// The first offset not yet in the remote tier (KIP-1023).
    case pendingUpload
    /// The first record whose timestamp is at least this many milliseconds since 1970.
    case time(Int64)

    fileprivate var timestamp: Int64 {
        switch self {
        case .end, .stable: -1
        case .start: -2
        case .maxTimestamp: -3
        case .localStart: -4
        case .tiered: -5
        case .pendingUpload: -6
        case .time(let milliseconds): milliseconds
        }
    }

    /// Brokers before 3.9 take a special timestamp newer than they are for a time, and answer with the earliest offset
    /// and no error: so the version that brought it is demanded here.
    fileprivate var versions: ClosedRange<Int16> {
        let spoken = ListOffsetsRequest.spoken
        return switch self {
        case .maxTimestamp: 7...spoken.upperBound
        case .localStart: 8...spoken.upperBound
        case .tiered: 9...spoken.upperBound
        case .pendingUpload: 11...spoken.upperBound
        case .start, .end, .stable, .time: spoken
        }
    }
}

/// An offset as a partition's leader gave it.
package struct OffsetFact: Hashable, Sendable {
    /// Nil where no record answers: none is that late, or the partition is empty.
    package let offset: Int64?
    /// Milliseconds since 1970, where the question was one of time.
    package let timestamp: Int64?
    package let leaderEpoch: Int32?
}

extension KafkaCluster {
    /// One offset of each partition, in their order.
    package func offsets(
        _ position: OffsetPosition, of partitions: [TopicPartition], _ context: CallContext
    ) async -> [Measured<OffsetFact>] {
        if case .time(let milliseconds) = position, milliseconds < 0 {
            let error = KafkaError(.unsupported("a timestamp below zero (\(milliseconds))"), api: "ListOffsets")
            return partitions.map { partition in .unknown(error.with { $0.partition = partition }) }
        }
        return await askLeaders(ListOffsetsRequest.self, of: partitions, versions: position.versions, context) {
            Self.request(position, $1, version: $0, context)
        } read: { response in
            response.topics.flatMap { topic in
                topic.partitions.map { (TopicPartition(topic.name, $0.index), Self.fact($0, position)) }
            }
        }
    }

    private static func request(
        _ position: OffsetPosition, _ questions: [LeaderQuestion], version: Int16, _ context: CallContext
    ) -> ListOffsetsRequest {
        var request = ListOffsetsRequest()
        request.isolationLevel = position == .stable ? 1 : 0
        request.topics = questions.grouped { question in
            var partition = ListOffsetsRequest.Partition()
            partition.index = question.partition.partition
            partition.currentLeaderEpoch = question.leaderEpoch
            partition.timestamp = position.timestamp
            return partition
        } topic: { name, partitions in
            var topic = ListOffsetsRequest.Topic()
            topic.name = name
            topic.partitions = partitions
            return topic
        }
        if version >= 10 {
            request.timeoutMs = Int32(clamping: max(1, context.deadline.remaining.millisecondsRoundedUp))
        }
        return request
    }

    private static func fact(
        _ answer: ListOffsetsResponse.Partition, _ position: OffsetPosition
    ) -> Result<OffsetFact, KafkaError> {
        guard answer.error == .none else { return .failure(KafkaError(.broker(answer.error, message: nil))) }
        let mayBeMissing =
            switch position {
            case .start, .end, .stable, .localStart: false
            case .maxTimestamp, .tiered, .pendingUpload, .time: true
            }
        // -1 is "none"; nothing else below zero means anything, and the largest leaves no room for a next one.
        guard answer.offset >= (mayBeMissing ? -1 : 0), answer.offset < .max else {
            return .failure(KafkaError(.malformed("offset \(answer.offset)")))
        }
        return .success(
            OffsetFact(
                offset: answer.offset < 0 ? nil : answer.offset,
                timestamp: answer.timestamp < 0 ? nil : answer.timestamp,
                leaderEpoch: answer.leaderEpoch < 0 ? nil : answer.leaderEpoch))
    }
}

extension [KafkaCluster.LeaderQuestion] {
    /// The questions by topic, in order of first appearance, as requests nest them.
    func grouped<P, T>(_ partition: (Element) -> P, topic: (String, [P]) -> T) -> [T] {
        var order: [String] = []
        var byTopic: [String: [P]] = [:]
        for question in self {
            let name = question.partition.topic
            if byTopic[name] == nil { order.append(name) }
            byTopic[name, default: []].append(partition(question))
        }
        return order.map { topic($0, byTopic[$0] ?? []) }
    }
}

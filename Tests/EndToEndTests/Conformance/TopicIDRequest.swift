import EmbeddedKafka
import KafkaWire

/// A request that names topics by id in its newest versions.
protocol TopicIDRequest: WireRequest {
    static var byID: PartialRangeFrom<Int16> { get }
    /// Has each topic go by the id that a cluster has drawn for it.
    mutating func identify(_ id: (String) -> KafkaUUID)
}

extension FetchRequest: TopicIDRequest {
    static var byID: PartialRangeFrom<Int16> { 13... }
    mutating func identify(_ id: (String) -> KafkaUUID) {
        for index in topics.indices { topics[index].topicID = id(topics[index].name) }
    }
}

extension ProduceRequest: TopicIDRequest {
    static var byID: PartialRangeFrom<Int16> { 13... }
    mutating func identify(_ id: (String) -> KafkaUUID) {
        for index in topicData.indices { topicData[index].topicID = id(topicData[index].name) }
    }
}

extension OffsetCommitRequest: TopicIDRequest {
    static var byID: PartialRangeFrom<Int16> { 10... }
    mutating func identify(_ id: (String) -> KafkaUUID) {
        for index in topics.indices { topics[index].topicID = id(topics[index].name) }
    }
}

extension OffsetFetchRequest: TopicIDRequest {
    static var byID: PartialRangeFrom<Int16> { 10... }
    mutating func identify(_ id: (String) -> KafkaUUID) {
        for group in groups.indices {
            groups[group].topics = groups[group].topics?.map { topic in
                var topic = topic
                topic.topicID = id(topic.name)
                return topic
            }
        }
    }
}

extension Conformance {
    /// The request as this side understands it, whose ids of topics are its own.
    func identified<R: WireRequest>(_ request: R, _ version: Int16, _ side: ConformanceSide) async throws -> R {
        guard let named = request as? any TopicIDRequest else { return request }
        return try await identified(named, version, side) as? R ?? request
    }

    private func identified<R: TopicIDRequest>(
        _ request: R, _ version: Int16, _ side: ConformanceSide
    ) async throws -> R {
        guard R.byID.contains(version) else { return request }
        let ids: [String: KafkaUUID]
        if side === real {
            let topics = try await learn(Self.metadata(nil))?.topics ?? []
            ids = Dictionary(topics.map { ($0.name ?? "", $0.topicID) }) { first, _ in first }
        } else {
            ids = cluster.read { state in
                Dictionary(state.topics.map { ($0.key.text, $0.value.id) }) { first, _ in first }
            }
        }
        for (name, id) in ids { side.keep(id, of: name) }
        var request = request
        // One that no cluster draws, for topics that are not there.
        request.identify { ids[$0] ?? KafkaUUID(high: 0xDEAD, low: 0xBEEF) }
        return request
    }
}

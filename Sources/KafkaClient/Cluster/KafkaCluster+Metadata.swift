private import Guarding
import KafkaWire
private import Transport

extension KafkaCluster {
    /// How old shared metadata may be before it is read again.
    package static let metadataMaxAge = Duration.seconds(5)

    /// Brokers and topics; `nil` asks for every topic that the principal may describe.
    ///
    /// A topic that does not exist is in the answer, with its error.
    package func metadata(
        of topics: Set<String>?, maxAge: Duration = KafkaCluster.metadataMaxAge, _ context: CallContext
    ) async throws(KafkaError) -> ClusterMetadata {
        if let cached = cached(topics, maxAge: maxAge) { return cached }
        let result = await metadataFlights.run(topics, by: context.deadline) {
            do throws(KafkaError) {
                return .success(
                    try await retrying(context) { () throws(KafkaError) in
                        try await readMetadata(of: topics, context)
                    })
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func cached(_ topics: Set<String>?, maxAge: Duration) -> ClusterMetadata? {
        guard maxAge > .zero else { return nil }
        let oldest = ContinuousClock.now - maxAge
        return state.withLock { state in
            if let readAt = state.allTopicsReadAt, readAt >= oldest, topics == nil {
                return snapshot(state, topics: state.topics.mapValues(\.topic), readAt: readAt)
            }
            guard let topics, var readAt = state.brokersReadAt, readAt >= oldest else { return nil }
            var found: [String: MetadataResponse.Topic] = [:]
            for name in topics {
                guard let entry = state.topics[name], entry.readAt >= oldest else { return nil }
                found[name] = entry.topic
                readAt = min(readAt, entry.readAt)
            }
            return snapshot(state, topics: found, readAt: readAt)
        }
    }

    private func snapshot(
        _ state: State, topics: [String: MetadataResponse.Topic], readAt: ContinuousClock.Instant
    ) -> ClusterMetadata {
        ClusterMetadata(
            clusterID: state.clusterID, controller: state.controller,
            brokers: state.brokers.values.sorted { $0.node < $1.node }, topics: topics, readAt: readAt)
    }

    func readMetadata(
        of topics: Set<String>?, _ context: CallContext
    ) async throws(KafkaError) -> ClusterMetadata {
        let readAt = ContinuousClock.now
        let reply = try await call(MetadataRequest.self, to: .any, context) { _ in
            .with {
                $0.topics = topics.map { names in names.sorted().map { name in .with { $0.name = name } } }
                // A question never creates a topic by accident.
                $0.allowAutoTopicCreation = false
            }
        }
        let response = reply.response
        try check(response, from: reply.broker)
        try reply.checkPartitions()
        let brokers = try take(response, from: reply, readAt: readAt)
        var byName: [String: MetadataResponse.Topic] = [:]
        for topic in response.topics { if let name = topic.name { byName[name] = topic } }
        return state.withLock { state in
            if topics == nil {
                let isWhole = byName.values.allSatisfy { $0.error == .none }
                state.allTopicsReadAt = isWhole ? readAt : nil
                state.topics = [:]
            }
            for (name, topic) in byName {
                // What is wrong now may be right in a moment: only what is there is kept.
                state.topics[name] = topic.error == .none ? CachedTopic(topic: topic, readAt: readAt) : nil
            }
            return ClusterMetadata(
                clusterID: state.clusterID, controller: response.controllerID, brokers: brokers, topics: byName,
                readAt: readAt)
        }
    }
}

extension KafkaCluster.Reply<MetadataResponse> {
    /// Refuses a topic whose partitions are not those from 0 on, each once: what is asked of all of them would be asked
    /// of some alone.
    package func checkPartitions() throws(KafkaError) {
        for topic in response.topics where topic.error == .none {
            var isSeen = [Bool](repeating: false, count: topic.partitions.count)
            for partition in topic.partitions {
                guard let place = Int(exactly: partition.index), isSeen.indices.contains(place), !isSeen[place] else {
                    throw KafkaError(
                        .malformed(
                            "topic \(topic.name ?? "without a name") has \(isSeen.count) partitions in the answer, "
                                + "\(partition.index) among them though it is one too many or was there before"),
                        broker: broker, node: node, api: "Metadata", version: version)
                }
                isSeen[place] = true
            }
        }
    }
}

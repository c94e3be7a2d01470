package import KafkaClient
package import KafkaWire

/// A topic as Metadata describes it, or why it does not.
package struct TopicFact: Sendable {
    package let name: String
    package let metadata: Measured<MetadataResponse.Topic>
    /// What the principal may do with the topic; nil where that was not asked or not told.
    package let authorizedOperations: [AclOperation]?
}

extension KafkaCluster {
    /// Whether a topic is none of the users' own: flagged by the broker, or named like one of Kafka's.
    package static func isInternal(_ topic: MetadataResponse.Topic) -> Bool {
        topic.isInternal || topic.name?.hasPrefix("__") == true
    }

    /// The topics of these names, in their order; nil: all that the principal may describe, by name.
    package func topics(
        _ names: [String]?, withOperations: Bool = false, maxAge: Duration = .zero, _ context: CallContext
    ) async throws(KafkaError) -> [TopicFact] {
        if withOperations { return try await topicsWithOperations(names, context) }
        var tries = 1
        var backoff = Backoff()
        while true {
            let metadata = try await self.metadata(
                of: names.map(Set.init), maxAge: tries == 1 ? maxAge : .zero, context)
            let order = names ?? metadata.topics.keys.sorted()
            let facts = order.map { Self.fact($0, metadata.topics[$0], isComplete: names == nil, tries: tries) }
            // A topic made a moment ago may not have reached the broker that was asked.
            let deservesRetry = facts.contains { $0.metadata.error?.deservesRetry(after: tries) == true }
            guard deservesRetry, await backoff.wait(context) else { return facts }
            tries += 1
        }
    }

    private static func fact(
        _ name: String, _ topic: MetadataResponse.Topic?, isComplete: Bool, tries: Int,
        operations: [AclOperation]? = nil
    ) -> TopicFact {
        let measured: Measured<MetadataResponse.Topic>
        switch topic {
        case nil: measured = .unknown(KafkaError(.malformed("the answer leaves topic \(name) out"), api: "Metadata"))
        case let topic? where topic.error == .none: measured = .value(topic)
        case let topic?:
            measured = .unknown(
                KafkaError(.broker(topic.error, message: "topic \(name)"), api: "Metadata").with { $0.tries = tries })
        }
        return TopicFact(name: name, metadata: measured, authorizedOperations: operations)
    }

    private func topicsWithOperations(
        _ names: [String]?, _ context: CallContext
    ) async throws(KafkaError) -> [TopicFact] {
        try await retrying(context) { () throws(KafkaError) in
            let reply = try await call(
                MetadataRequest.self, to: .any, versions: 8...MetadataRequest.spoken.upperBound, context
            ) { _ in
                .with {
                    $0.topics = names.map { names in names.map { name in .with { $0.name = name } } }
                    $0.allowAutoTopicCreation = false
                    $0.includeTopicAuthorizedOperations = true
                }
            }
            try reply.checkPartitions()
            var byName: [String: MetadataResponse.Topic] = [:]
            for topic in reply.response.topics { if let name = topic.name { byName[name] = topic } }
            return (names ?? byName.keys.sorted()).map { name in
                Self.fact(
                    name, byName[name], isComplete: names == nil, tries: 1,
                    operations: byName[name].flatMap { AclOperation.operations(in: $0.topicAuthorizedOperations) })
            }
        }
    }
}

package import KafkaWire

/// A broker as the cluster advertises it to clients of one listener.
package struct BrokerInfo: Hashable, Sendable {
    package let node: Int32
    package let address: HostPort
    package let rack: String?
}

/// What Metadata said: brokers, and the topics asked for.
package struct ClusterMetadata: Sendable {
    package let clusterID: String?
    /// On KRaft a random live broker, good enough to send controller requests to.
    package let controller: Int32
    package let brokers: [BrokerInfo]
    /// Topics that exist, or do not (their `errorCode` says so), by name.
    package let topics: [String: MetadataResponse.Topic]
    /// When the oldest part of it was read.
    package let readAt: ContinuousClock.Instant

    package func broker(_ node: Int32) -> BrokerInfo? { brokers.first { $0.node == node } }
}

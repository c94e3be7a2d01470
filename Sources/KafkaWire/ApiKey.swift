/// The number of an API.
///
/// Open: brokers advertise APIs newer than this client, and vendors their own.
package struct ApiKey: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }

    /// Kafka's name; nil for an API newer than this client.
    package var name: String? {
        let index = Int(rawValue)
        return Self.names.indices.contains(index) ? Self.names[index] : nil
    }

    /// Whether a client that only reads may send it: the allow-list, so what is not known is not on it.
    ///
    /// DescribeDelegationToken is left out, since its answer holds the tokens themselves.
    package var isReadOnly: Bool { Self.readOnly.contains(self) }

    private static let readOnly: Set<ApiKey> = [
        .apiVersions, .saslHandshake, .saslAuthenticate,
        .metadata, .describeCluster, .describeTopicPartitions, .describeQuorum,
        .fetch, .listOffsets, .offsetForLeaderEpoch,
        .findCoordinator, .offsetFetch,
        .listGroups, .describeGroups, .consumerGroupDescribe, .shareGroupDescribe, .streamsGroupDescribe,
        .describeShareGroupOffsets,
        .describeConfigs, .listConfigResources, .describeAcls, .describeClientQuotas, .describeUserScramCredentials,
        .describeLogDirs, .describeProducers, .describeTransactions, .listTransactions,
        .listPartitionReassignments,
    ]
}

extension ApiKey: CustomStringConvertible {
    /// `ListOffsets`; `API 999` for one newer than this client.
    package var description: String { name ?? "API \(rawValue)" }
}

extension ApiKey: WireValue {
    package static var leastBytes: Int { 2 }
    package init() { self = .produce }
    package mutating func walk<C: Codec>(_ codec: inout C) throws(WireError) { try codec.integer(&rawValue) }
}

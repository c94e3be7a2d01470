package import KafkaWire

/// What a release of Kafka speaks and knows.
package struct BrokerProfile: Sendable {
    package let name: String
    /// The versions of each API that a real broker of the release offers.
    private(set) var offered: [ApiKey: ClosedRange<Int16>]
    let topicSettings: [TopicSetting]
    let hasGroupConfigs: Bool
    /// Whether a folder of a broker's can be closed to new replicas (4.3).
    let knowsCordonedFolders: Bool
    /// Whether a special timestamp that a version does not have is refused (3.9); before, it was searched for like any
    /// time, and the first record found.
    let refusesUnknownTimes: Bool
    /// Defaults for all brokers that a new cluster of the release sets by itself.
    let dynamicDefaults: [Name: String]
    let features: [Feature]

    struct Feature: Sendable {
        let name: String
        let supported: ClosedRange<Int16>
        /// 0: not finalized.
        let level: Int16
    }

    /// As Apache Kafka 3.9.
    package static let kafka3 = BrokerProfile(
        name: "3.9", offered: versions3, topicSettings: TopicSetting.ofKafka3, hasGroupConfigs: false,
        knowsCordonedFolders: false, refusesUnknownTimes: true, dynamicDefaults: [:],
        features: [
            Feature(name: "group.version", supported: 0...1, level: 0),
            Feature(name: "kraft.version", supported: 0...1, level: 0),
            Feature(name: "metadata.version", supported: 1...21, level: 21),
            Feature(name: "transaction.version", supported: 0...2, level: 0),
        ])

    /// As Apache Kafka 4.3.
    package static let kafka4 = BrokerProfile(
        name: "4.3", offered: versions4, topicSettings: TopicSetting.ofKafka4, hasGroupConfigs: true,
        knowsCordonedFolders: true, refusesUnknownTimes: true, dynamicDefaults: ["min.insync.replicas": "1"],
        features: [
            Feature(name: "group.version", supported: 0...1, level: 1),
            Feature(name: "metadata.version", supported: 7...30, level: 30),
            Feature(name: "transaction.version", supported: 0...2, level: 2),
        ])

    /// Whether the release is one that no longer knows ZooKeeper, and says some things otherwise.
    var isKafka4: Bool { (offered[.fetch]?.lowerBound ?? 0) >= 4 }

    /// The versions served: those offered that this broker has messages for.
    package func versions(of key: ApiKey) -> ClosedRange<Int16>? {
        guard let offered = offered[key], let served = KafkaMessages.request(key)?.versions else { return nil }
        guard offered.overlaps(served) else { return nil }
        return offered.clamped(to: served)
    }

    /// The same with other versions of some APIs, as releases between these have them; nil leaves an API out.
    package func with(_ versions: [ApiKey: ClosedRange<Int16>?]) -> BrokerProfile {
        var changed = self
        for (key, range) in versions { changed.offered[key] = range }
        return changed
    }

    private static let versions3: [ApiKey: ClosedRange<Int16>] = [
        .produce: 0...11, .fetch: 0...17, .listOffsets: 0...9, .metadata: 0...12, .offsetCommit: 0...9,
        .offsetFetch: 0...9, .findCoordinator: 0...6, .describeGroups: 0...5, .listGroups: 0...5,
        .saslHandshake: 0...1, .apiVersions: 0...4, .createTopics: 0...7, .deleteTopics: 0...6, .deleteRecords: 0...2,
        .initProducerId: 0...5, .offsetForLeaderEpoch: 0...4, .describeAcls: 0...3, .describeConfigs: 0...4,
        .describeLogDirs: 0...4, .saslAuthenticate: 0...2, .listPartitionReassignments: 0...0,
        .describeClientQuotas: 0...1, .describeUserScramCredentials: 0...0, .describeCluster: 0...1,
        .describeProducers: 0...0, .describeTransactions: 0...0, .listTransactions: 0...1,
        .consumerGroupDescribe: 0...0, .joinGroup: 0...9, .syncGroup: 0...5, .heartbeat: 0...4, .leaveGroup: 0...5,
        .addPartitionsToTxn: 0...5, .addOffsetsToTxn: 0...4, .endTxn: 0...4, .txnOffsetCommit: 0...4,
        .createAcls: 0...3, .deleteAcls: 0...3, .deleteGroups: 0...2, .offsetDelete: 0...0,
        .createPartitions: 0...3, .alterConfigs: 0...2, .incrementalAlterConfigs: 0...1,
    ]

    private static let versions4: [ApiKey: ClosedRange<Int16>] = [
        .produce: 0...13, .fetch: 4...18, .listOffsets: 1...11, .metadata: 0...13, .offsetCommit: 2...10,
        .offsetFetch: 1...10, .findCoordinator: 0...6, .describeGroups: 0...6, .listGroups: 0...5,
        .saslHandshake: 0...1, .apiVersions: 0...4, .createTopics: 2...7, .deleteTopics: 1...6, .deleteRecords: 0...2,
        .initProducerId: 0...5, .offsetForLeaderEpoch: 2...4, .describeAcls: 1...3, .describeConfigs: 1...4,
        .describeLogDirs: 1...5, .saslAuthenticate: 0...2, .listPartitionReassignments: 0...0,
        .describeClientQuotas: 0...1, .describeUserScramCredentials: 0...0, .describeCluster: 0...2,
        .describeProducers: 0...0, .describeTransactions: 0...0, .listTransactions: 0...2,
        .consumerGroupDescribe: 0...1, .joinGroup: 0...9, .syncGroup: 0...5, .heartbeat: 0...4, .leaveGroup: 0...5,
        .addPartitionsToTxn: 0...5, .addOffsetsToTxn: 0...4, .endTxn: 0...5, .txnOffsetCommit: 0...5,
        .createAcls: 1...3, .deleteAcls: 1...3, .deleteGroups: 0...2, .offsetDelete: 0...0,
        .createPartitions: 0...3, .alterConfigs: 0...2, .incrementalAlterConfigs: 0...1,
    ]
}

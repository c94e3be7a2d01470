import KafkaWire

/// Profiles of what else clients meet: old releases and brokers that speak a part of the protocol.
///
/// Their versions are those that such brokers advertise; what they answer is what Kafka does.
extension BrokerProfile {
    /// As Apache Kafka 2.2, the oldest that migrations begin at.
    package static let kafka22 = BrokerProfile(
        name: "2.2", offered: versions22, topicSettings: TopicSetting.ofKafka2(format: "2.2-IV1"),
        hasGroupConfigs: false, knowsCordonedFolders: false, refusesUnknownTimes: false, dynamicDefaults: [:],
        features: [])

    /// As Apache Kafka 2.8.
    package static let kafka28 = BrokerProfile(
        name: "2.8", offered: versions28, topicSettings: TopicSetting.ofKafka2(format: "2.8-IV1"),
        hasGroupConfigs: false, knowsCordonedFolders: false, refusesUnknownTimes: false, dynamicDefaults: [:],
        features: [])

    /// As MSK Serverless: nothing about ACLs, users, quotas, disks or reassignments, and few settings.
    package static let mskServerless = BrokerProfile(
        name: "MSK Serverless",
        offered: versions28.filter { !absentServerless.contains($0.key) },
        topicSettings: TopicSetting.ofKafka2(format: "2.8-IV1").filter { setting in
            let name = setting.name
            return ["cleanup.policy", "compression.type", "max.message.bytes"].contains { $0 == name }
                || name.hasPrefix("message.timestamp.") || name.hasPrefix("retention.")
        },
        hasGroupConfigs: false, knowsCordonedFolders: false, refusesUnknownTimes: false, dynamicDefaults: [:],
        features: [])

    /// As Redpanda 24: old versions of everything, so that flexible encodings and topic ids are rare.
    package static let redpanda = BrokerProfile(
        name: "Redpanda", offered: versionsRedpanda,
        topicSettings: TopicSetting.ofKafka2(format: "2.8-IV1").filter { setting in
            let name = setting.name
            return ["cleanup.policy", "compression.type", "max.message.bytes", "message.timestamp.type"]
                .contains { $0 == name } || name.hasPrefix("retention.") || name.hasPrefix("segment.")
                || name.hasPrefix("delete.")
        },
        hasGroupConfigs: false, knowsCordonedFolders: false, refusesUnknownTimes: false, dynamicDefaults: [:],
        features: [])

    /// All there are, oldest first.
    package static let all: [BrokerProfile] = [kafka22, kafka28, kafka3, kafka4, mskServerless, redpanda]

    private static let versions22: [ApiKey: ClosedRange<Int16>] = [
        .produce: 0...7, .fetch: 0...10, .listOffsets: 0...5, .metadata: 0...7, .offsetCommit: 0...6,
        .offsetFetch: 0...5, .findCoordinator: 0...2, .joinGroup: 0...4, .heartbeat: 0...2, .leaveGroup: 0...2,
        .syncGroup: 0...2, .describeGroups: 0...2, .listGroups: 0...2, .saslHandshake: 0...1, .apiVersions: 0...2,
        .createTopics: 0...3, .deleteTopics: 0...3, .deleteRecords: 0...1, .initProducerId: 0...1,
        .offsetForLeaderEpoch: 0...2, .addPartitionsToTxn: 0...1, .addOffsetsToTxn: 0...1, .endTxn: 0...1,
        .txnOffsetCommit: 0...2, .describeAcls: 0...1, .createAcls: 0...1, .deleteAcls: 0...1,
        .describeConfigs: 0...2, .describeLogDirs: 0...1, .saslAuthenticate: 0...1, .deleteGroups: 0...1,
    ]

    private static let versions28: [ApiKey: ClosedRange<Int16>] = [
        .produce: 0...9, .fetch: 0...12, .listOffsets: 0...6, .metadata: 0...11, .offsetCommit: 0...8,
        .offsetFetch: 0...7, .findCoordinator: 0...3, .joinGroup: 0...7, .heartbeat: 0...4, .leaveGroup: 0...4,
        .syncGroup: 0...5, .describeGroups: 0...5, .listGroups: 0...4, .saslHandshake: 0...1, .apiVersions: 0...3,
        .createTopics: 0...7, .deleteTopics: 0...6, .deleteRecords: 0...2, .initProducerId: 0...4,
        .offsetForLeaderEpoch: 0...4, .addPartitionsToTxn: 0...3, .addOffsetsToTxn: 0...3, .endTxn: 0...3,
        .txnOffsetCommit: 0...3, .describeAcls: 0...2, .createAcls: 0...2, .deleteAcls: 0...2,
        .describeConfigs: 0...4, .describeLogDirs: 0...2, .saslAuthenticate: 0...2, .deleteGroups: 0...2,
        .offsetDelete: 0...0, .describeClientQuotas: 0...1, .describeUserScramCredentials: 0...0,
        .describeCluster: 0...0, .describeProducers: 0...0, .listPartitionReassignments: 0...0,
    ]

    private static let absentServerless: Set<ApiKey> = [
        .describeAcls, .createAcls, .deleteAcls, .describeLogDirs, .describeClientQuotas,
        .describeUserScramCredentials, .describeProducers, .listPartitionReassignments,
    ]

    private static let versionsRedpanda: [ApiKey: ClosedRange<Int16>] = [
        .produce: 0...7, .fetch: 4...11, .listOffsets: 0...4, .metadata: 0...8, .offsetCommit: 1...8,
        .offsetFetch: 1...7, .findCoordinator: 0...3, .joinGroup: 0...6, .heartbeat: 0...4, .leaveGroup: 0...4,
        .syncGroup: 0...4, .describeGroups: 0...5, .listGroups: 0...4, .saslHandshake: 0...1, .apiVersions: 0...3,
        .createTopics: 0...6, .deleteTopics: 0...4, .deleteRecords: 0...2, .initProducerId: 0...3,
        .offsetForLeaderEpoch: 2...4, .addPartitionsToTxn: 0...3, .addOffsetsToTxn: 0...3, .endTxn: 0...3,
        .txnOffsetCommit: 0...3, .describeAcls: 0...2, .createAcls: 0...2, .deleteAcls: 0...2,
        .describeConfigs: 0...4, .describeLogDirs: 0...2, .saslAuthenticate: 0...2, .deleteGroups: 0...2,
        .offsetDelete: 0...0, .describeProducers: 0...0, .describeTransactions: 0...0, .listTransactions: 0...0,
        .listPartitionReassignments: 0...0, .describeClientQuotas: 0...0,
    ]
}

extension TopicSetting {
    /// What 2.x had: nothing about tiers, levels of compression or times before and after.
    fileprivate static func ofKafka2(format: String) -> [TopicSetting] {
        ofKafka3.filter { setting in
            let name = setting.name
            return !name.hasPrefix("remote.") && !name.hasPrefix("local.") && !name.hasSuffix(".level")
                && !name.hasPrefix("message.timestamp.before") && !name.hasPrefix("message.timestamp.after")
        }.map { setting in
            Name(setting.name) == "message.format.version" ? setting.with(value: format) : setting
        }
    }
}

package import KafkaWire

/// A topic: its partitions and its settings.
package struct Topic: Sendable {
    package var id: KafkaUUID
    package var isInternal = false
    /// Settings of the topic itself.
    package var settings: [Name: String] = [:]
    package var partitions: [Partition]
    /// Brokers deny all knowledge of it, as for a principal that may not describe it.
    package var isHidden = false

    package struct Partition: Sendable {
        package var log = PartitionLog()
        package var leader: Int32
        package var leaderEpoch: Int32 = 0
        package var replicas: [Int32]
        package var inSync: [Int32]
        package var adding: [Int32] = []
        package var removing: [Int32] = []
        /// What Metadata still says after the leader has moved; nil: the truth.
        package var announced: Leadership?
    }

    package struct Leadership: Equatable, Sendable {
        package var leader: Int32
        package var epoch: Int32
    }

    func setting(_ name: Name, _ profile: BrokerProfile) -> String? {
        settings[name] ?? profile.topicSettings.first { Name($0.name) == name }?.value
    }

    /// Whether the topic is compacted, perhaps besides being cut.
    func isCompacted(_ profile: BrokerProfile) -> Bool {
        (setting("cleanup.policy", profile) ?? "").split(separator: ",").contains { Name(String($0)) == "compact" }
    }

    func number(_ name: Name, _ profile: BrokerProfile) -> Int64? { setting(name, profile).flatMap { Int64($0) } }

    var maxMessageBytes: Int { settings["max.message.bytes"].flatMap { Int($0) } ?? 1_048_588 }

    var usesLogAppendTime: Bool { settings["message.timestamp.type"] == "LogAppendTime" }
}

extension ClusterState {
    /// The partition, for a reader or writer that addressed `broker`.
    func partition(
        _ index: Int32, of topic: Name, on broker: Int32, epoch: Int32 = -1
    ) -> Result<Topic.Partition, Refusal> {
        guard let partitions = topics[topic].flatMap({ $0.isHidden ? nil : $0.partitions }), index >= 0,
            Int(index) < partitions.count
        else { return .failure(Refusal(.unknownTopicOrPartition)) }
        let partition = partitions[Int(index)]
        if epoch >= 0 {
            if epoch < partition.leaderEpoch { return .failure(Refusal(.fencedLeaderEpoch)) }
            if epoch > partition.leaderEpoch { return .failure(Refusal(.unknownLeaderEpoch)) }
        }
        guard partition.leader == broker else { return .failure(Refusal(.notLeaderOrFollower)) }
        return .success(partition)
    }

    mutating func change<R>(
        _ topic: Name, _ index: Int32, _ body: (inout Topic.Partition) -> R
    ) -> R? {
        guard let count = topics[topic]?.partitions.count, index >= 0, Int(index) < count else { return nil }
        return body(&topics[topic, default: Topic(id: .zero, partitions: [])].partitions[Int(index)])
    }
}

/// Why an item of a request is not served.
struct Refusal: Error, Equatable {
    let code: KafkaErrorCode
    let message: String?
    /// The records of a batch that are to blame.
    let records: [ProduceResponse.RecordError]

    /// Whether the log refused, which then says where it begins.
    let isOfLog: Bool

    init(
        _ code: KafkaErrorCode, _ message: String? = nil, records: [ProduceResponse.RecordError] = [],
        isOfLog: Bool = false
    ) {
        self.isOfLog = isOfLog
        self.code = code
        self.message = message
        self.records = records
    }
}

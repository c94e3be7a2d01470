/// A setting of brokers that is looked at when clusters are compared.
struct BrokerSetting: Sendable {
    let name: String
    private let fallback: String?
    let kind: TopicSetting.Kind
    /// Whether it can be changed while the broker runs.
    let isDynamic: Bool

    func value(_ profile: BrokerProfile) -> String? {
        // 3.x had a default that no node could run with.
        Name(name) == "node.id" ? (profile.dynamicDefaults.isEmpty ? "-1" : nil) : fallback
    }

    static func named(_ name: Name) -> BrokerSetting? { byName[name] }

    private static let byName = Dictionary(all.map { (Name($0.name), $0) }, uniquingKeysWith: { first, _ in first })

    static let all: [BrokerSetting] = [
        .init(name: "auto.create.topics.enable", fallback: "true", kind: .boolean, isDynamic: false),
        .init(name: "default.replication.factor", fallback: "1", kind: .int, isDynamic: false),
        .init(name: "log.retention.hours", fallback: "168", kind: .int, isDynamic: false),
        .init(name: "message.max.bytes", fallback: "1048588", kind: .int, isDynamic: true),
        .init(name: "min.insync.replicas", fallback: "1", kind: .int, isDynamic: true),
        .init(name: "node.id", fallback: nil, kind: .int, isDynamic: false),
        .init(name: "num.partitions", fallback: "1", kind: .int, isDynamic: false),
        .init(name: "offsets.retention.minutes", fallback: "10080", kind: .int, isDynamic: false),
    ]
}

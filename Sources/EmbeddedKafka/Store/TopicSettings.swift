/// A setting of topics: its default, and the broker's setting that stands behind it.
package struct TopicSetting: Sendable {
    /// By Kafka's numbers.
    enum Kind: Int8, Sendable { case boolean = 1, string, int, short, long, double, list, `class`, password }

    let name: String
    let value: String
    let kind: Kind
    /// Of the broker's setting that gives the default; nil where Kafka names none.
    let brokerName: String?

    private init(_ name: String, _ value: String, _ kind: Kind, _ brokerName: String?) {
        self.name = name
        self.value = value
        self.kind = kind
        self.brokerName = brokerName
    }

    /// The same with another default.
    func with(value: String) -> TopicSetting { TopicSetting(name, value, kind, brokerName) }

    /// What releases from 4.0 on have.
    static let ofKafka4 = common.sorted { Name($0.name) < Name($1.name) }

    /// What 3.x had besides, and with another default.
    static let ofKafka3 =
        (common.filter { setting in !only3.contains { Name($0.name) == Name(setting.name) } } + only3)
        .sorted { Name($0.name) < Name($1.name) }

    private static let common: [TopicSetting] = [
        TopicSetting("cleanup.policy", "delete", .list, "log.cleanup.policy"),
        TopicSetting("compression.gzip.level", "-1", .int, "compression.gzip.level"),
        TopicSetting("compression.lz4.level", "9", .int, "compression.lz4.level"),
        TopicSetting("compression.type", "producer", .string, "compression.type"),
        TopicSetting("compression.zstd.level", "3", .int, "compression.zstd.level"),
        TopicSetting("delete.retention.ms", "86400000", .long, "log.cleaner.delete.retention.ms"),
        TopicSetting("file.delete.delay.ms", "60000", .long, "log.segment.delete.delay.ms"),
        TopicSetting("flush.messages", "9223372036854775807", .long, "log.flush.interval.messages"),
        TopicSetting("flush.ms", "9223372036854775807", .long, nil),
        TopicSetting("follower.replication.throttled.replicas", "", .list, nil),
        TopicSetting("index.interval.bytes", "4096", .int, "log.index.interval.bytes"),
        TopicSetting("leader.replication.throttled.replicas", "", .list, nil),
        TopicSetting("local.retention.bytes", "-2", .long, "log.local.retention.bytes"),
        TopicSetting("local.retention.ms", "-2", .long, "log.local.retention.ms"),
        TopicSetting("max.compaction.lag.ms", "9223372036854775807", .long, "log.cleaner.max.compaction.lag.ms"),
        TopicSetting("max.message.bytes", "1048588", .int, "message.max.bytes"),
        TopicSetting("message.timestamp.after.max.ms", "3600000", .long, "log.message.timestamp.after.max.ms"),
        TopicSetting(
            "message.timestamp.before.max.ms", "9223372036854775807", .long, "log.message.timestamp.before.max.ms"),
        TopicSetting("message.timestamp.type", "CreateTime", .string, "log.message.timestamp.type"),
        TopicSetting("min.cleanable.dirty.ratio", "0.5", .double, "log.cleaner.min.cleanable.ratio"),
        TopicSetting("min.compaction.lag.ms", "0", .long, "log.cleaner.min.compaction.lag.ms"),
        TopicSetting("min.insync.replicas", "1", .int, "min.insync.replicas"),
        TopicSetting("preallocate", "false", .boolean, "log.preallocate"),
        TopicSetting("remote.log.copy.disable", "false", .boolean, nil),
        TopicSetting("remote.log.delete.on.disable", "false", .boolean, nil),
        TopicSetting("remote.storage.enable", "false", .boolean, nil),
        TopicSetting("retention.bytes", "-1", .long, "log.retention.bytes"),
        TopicSetting("retention.ms", "604800000", .long, nil),
        TopicSetting("segment.bytes", "1073741824", .int, "log.segment.bytes"),
        TopicSetting("segment.index.bytes", "10485760", .int, "log.index.size.max.bytes"),
        TopicSetting("segment.jitter.ms", "0", .long, nil),
        TopicSetting("segment.ms", "604800000", .long, nil),
        TopicSetting("unclean.leader.election.enable", "false", .boolean, "unclean.leader.election.enable"),
    ]

    private static let only3: [TopicSetting] = [
        TopicSetting("message.downconversion.enable", "true", .boolean, "log.message.downconversion.enable"),
        TopicSetting("message.format.version", "3.0-IV1", .string, "log.message.format.version"),
        TopicSetting(
            "message.timestamp.after.max.ms", "9223372036854775807", .long, "log.message.timestamp.after.max.ms"),
        TopicSetting(
            "message.timestamp.difference.max.ms", "9223372036854775807", .long,
            "log.message.timestamp.difference.max.ms"),
    ]
}

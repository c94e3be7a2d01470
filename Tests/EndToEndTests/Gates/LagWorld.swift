/// Groups in every position towards their logs, the same on each shared cluster, and what Kafka's tools say of them.
enum LagWorld {
    /// Groups on `lag-orders`, where partition 2 is empty: with members and without, of either protocol.
    static let groups = ["lag-classic", "lag-consumer", "lag-classic-left", "lag-consumer-left", "lag-simple"]

    /// The cluster, once all is in place.
    static func kafka(_ side: SharedCluster) async throws -> RealKafka {
        try await (side == .source ? source : target).value.kafka
    }

    /// `kafka-consumer-groups.sh --describe` of the groups and of those behind open transactions.
    static func rows(_ side: SharedCluster) async throws -> [GroupRow] {
        try await (side == .source ? source : target).value.rows
    }

    private static let source = Task { try await prepare(.source) }
    private static let target = Task { try await prepare(.target) }

    private static func prepare(_ side: SharedCluster) async throws -> (kafka: RealKafka, rows: [GroupRow]) {
        let kafka = try await side.kafka
        let fixture = kafka.fixture
        try await fixture.createTopic("lag-orders", partitions: 3)
        try await fixture.produce(10, to: "lag-orders", partition: 0)
        try await fixture.produce(5, to: "lag-orders", partition: 1)
        for (group, membership) in zip(groups, [KafkaFixture.GroupProtocol.classic, .consumer, .classic, .consumer]) {
            try await fixture.join(group, membership, topics: "lag-orders")
            try await fixture.commit(group, "lag-orders", [0: 7, 1: 5])
        }
        try await fixture.leave("lag-classic-left")
        try await fixture.leave("lag-consumer-left")
        try await fixture.commit("lag-simple", "lag-orders", [0: 4, 1: 3])
        try await fixture.commit("lag-partial", "lag-orders", [0: 10])
        try await transactions(fixture)
        try await ranges(fixture)
        try await codecs(fixture)
        let described = try await kafka.tools.describe(
            groups: "lag-classic", "lag-consumer", "lag-classic-left", "lag-consumer-left", "lag-simple", "lag-open",
            "lag-codecs")
        return (kafka, described)
    }

    /// Offsets that no consumer reads: markers and aborted records; and records that one may yet read.
    private static func transactions(_ fixture: KafkaFixture) async throws {
        try await fixture.createTopic("lag-markers")
        try await fixture.transaction(10, to: "lag-markers", .commit)
        try await fixture.commit("lag-markers", "lag-markers", [0: 10])

        try await fixture.createTopic("lag-aborted")
        try await fixture.produce(4, to: "lag-aborted")
        try await fixture.transaction(3, to: "lag-aborted", .abort)
        try await fixture.transaction(2, to: "lag-aborted", .commit)
        try await fixture.commit("lag-aborted", "lag-aborted", [0: 4])

        try await fixture.createTopic("lag-open")
        try await fixture.produce(1, to: "lag-open")
        try await fixture.begin("lag-open", 3, to: "lag-open")
        try await fixture.commit("lag-open", "lag-open", [0: 1])
    }

    /// Commits that the log does not reach.
    private static func ranges(_ fixture: KafkaFixture) async throws {
        try await fixture.createTopic("lag-trimmed")
        try await fixture.produce(20, to: "lag-trimmed")
        try await fixture.deleteRecords(before: 10, from: "lag-trimmed")
        try await fixture.commit("lag-below", "lag-trimmed", [0: 5])
        try await fixture.commit("lag-at-start", "lag-trimmed", [0: 10])

        try await fixture.createTopic("lag-anew")
        try await fixture.produce(20, to: "lag-anew")
        try await fixture.deleteTopic("lag-anew")
        try await fixture.createTopic("lag-anew")
        try await fixture.produce(3, to: "lag-anew")
        try await fixture.commit("lag-beyond", "lag-anew", [0: 20])
    }

    private static func codecs(_ fixture: KafkaFixture) async throws {
        let codecs = KafkaFixture.Codec.allCases
        try await fixture.createTopic("lag-codecs", partitions: codecs.count)
        for (partition, codec) in codecs.enumerated() {
            try await fixture.produce(200 + partition, to: "lag-codecs", partition: partition, codec: codec)
        }
        let commits = codecs.indices.map { ($0, Int64(50)) }
        try await fixture.commit("lag-codecs", "lag-codecs", Dictionary(commits) { first, _ in first })

        try await fixture.createTopic("lag-many")
        try await fixture.produce(25_000, to: "lag-many", format: .text)
        try await fixture.commit("lag-many", "lag-many", [0: 100])
    }
}

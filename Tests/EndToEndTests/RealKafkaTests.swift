import Testing

/// The ground that the other suites stand on: what a fixture did is what Kafka's own tools then see.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct RealKafkaTests {
    @Test(
        "Records made by the fixture are where kafka-get-offsets.sh says the log ends",
        arguments: SharedCluster.allCases)
    func endOffsets(cluster: SharedCluster) async throws {
        let kafka = try await cluster.kafka
        let topic = "fixture-ends"
        try await kafka.fixture.createTopic(topic, partitions: 5)
        for (partition, codec) in KafkaFixture.Codec.allCases.enumerated() {
            let first = try await kafka.fixture.produce(partition + 1, to: topic, partition: partition, codec: codec)
            #expect(first == 0)
        }
        let ends = try await kafka.tools.endOffsets(of: topic)
        #expect(ends == [0: 1, 1: 2, 2: 3, 3: 4, 4: 5])
        #expect(try await kafka.fixture.offsets(of: topic) == ends)
    }

    @Test(
        "Behind a commit after the last record, only a transaction's markers remain: a span without records",
        arguments: SharedCluster.allCases)
    func markersOnly(cluster: SharedCluster) async throws {
        let fixture = try await cluster.kafka.fixture
        let topic = "fixture-markers"
        try await fixture.createTopic(topic)
        try await fixture.transaction(10, to: topic, .commit)
        try await fixture.transaction(3, to: topic, .abort)
        #expect(try await fixture.offsets(of: topic) == [0: 15])
        #expect(try await fixture.count(in: topic, from: 10) == 0)
        #expect(try await fixture.count(in: topic, from: 10, .readUncommitted) == 3)
        #expect(try await fixture.count(in: topic, from: 9) == 1)

        try await fixture.begin("fixture-open", 2, to: topic)
        #expect(try await fixture.offsets(of: topic, at: .stable) == [0: 15])
        #expect(try await fixture.offsets(of: topic) == [0: 17])
        try await fixture.finish("fixture-open", .commit)
    }

    @Test(
        "Groups of either protocol, with live members or none, are what kafka-consumer-groups.sh describes",
        arguments: SharedCluster.allCases)
    func groups(cluster: SharedCluster) async throws {
        let kafka = try await cluster.kafka
        let topic = "fixture-groups"
        try await kafka.fixture.createTopic(topic, partitions: 2)
        try await kafka.fixture.produce(10, to: topic, partition: 0)
        try await kafka.fixture.produce(5, to: topic, partition: 1)
        for live in KafkaFixture.GroupProtocol.allCases {
            let assigned = try await kafka.fixture.join("fixture-\(live)", live, topics: topic)
            #expect(assigned == ["\(topic):0", "\(topic):1"])
            try await kafka.fixture.commit("fixture-\(live)", topic, [0: 7, 1: 5])
        }
        try await kafka.fixture.commit("fixture-empty", topic, [0: 2])

        let rows = try await kafka.tools.describe(
            groups: "fixture-classic", "fixture-consumer", "fixture-empty")
        for live in ["fixture-classic", "fixture-consumer"] {
            let rows = rows.filter { $0.group == live }.sorted { ($0.partition ?? -1) < ($1.partition ?? -1) }
            #expect(rows.map(\.committed) == [7, 5])
            #expect(rows.map(\.lag) == [3, 0])
            #expect(rows.allSatisfy { $0.member != nil })
        }
        let empty = rows.filter { $0.group == "fixture-empty" && $0.committed != nil }
        #expect(empty.map(\.lag) == [8])
        #expect(empty.allSatisfy { $0.member == nil })
        for live in ["fixture-classic", "fixture-consumer"] { try await kafka.fixture.leave(live) }
    }
}

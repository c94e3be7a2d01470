import Testing

/// From every offset of a log with all that occupies offsets, the gate counts what Kafka's own consumer is given.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct LagCountTests {
    @Test(
        "From wherever a group stands, its lag is what a consumer of that isolation reads",
        arguments: SharedCluster.allCases)
    func everyOffset(side: SharedCluster) async throws {
        let kafka = try await side.kafka
        let fixture = kafka.fixture
        let topic = "count-all"
        try await fixture.createTopic(topic)
        try await fixture.produce(2, to: topic, codec: .snappy)
        // Two transactions that overlap, then one on each side of plain records.
        try await fixture.begin("count-a", 2, to: topic)
        try await fixture.begin("count-b", 3, to: topic)
        try await fixture.produce(1, to: topic)
        try await fixture.finish("count-a", .abort)
        try await fixture.finish("count-b", .commit)
        try await fixture.begin("count-a", 2, to: topic)
        try await fixture.produce(2, to: topic, codec: .zstd)
        try await fixture.finish("count-a", .commit)
        try await fixture.begin("count-b", 2, to: topic)
        try await fixture.finish("count-b", .abort)
        let end = try #require(try await fixture.offsets(of: topic)[0])
        try #require(end == 18)
        for offset in 0...end { try await fixture.commit("count-\(offset)", topic, [0: offset]) }

        for isolation in [KafkaFixture.Isolation.readCommitted, .readUncommitted] {
            let run = try await SluiceCommand.gate(
                "lag_budget", on: side,
                set: ["groups=count-*", "max_lag=0", "isolation=\(isolation.rawValue)"], ["--detail"])
            let measured = try run.evidence.measured("lag", gate: "lag_budget")
            #expect(measured.count == Int(end) + 1)
            let told = try await Self.counts(fixture, topic, to: end, isolation)
            for offset in 0...end {
                let found = measured.first { $0.subject["group"].string == "count-\(offset)" }
                #expect(found?.actual.integer == told[offset], "from \(offset), \(isolation)")
            }
        }
    }

    /// What Kafka's consumer is given from each offset, asked for all at once.
    private static func counts(
        _ fixture: KafkaFixture, _ topic: String, to end: Int64, _ isolation: KafkaFixture.Isolation
    ) async throws -> [Int64: Int64] {
        try await withThrowingTaskGroup(of: [Int64: Int64].self) { group in
            for offset in 0...end {
                group.addTask { [offset: Int64(try await fixture.count(in: topic, from: offset, isolation))] }
            }
            return try await group.reduce(into: [:]) { all, one in all.merge(one) { first, _ in first } }
        }
    }

    @Test("A topic that is not there is unknown, not without lag")
    func missingTopic() async throws {
        let kafka = try await SharedCluster.source.kafka
        try await kafka.fixture.createTopic("count-kept")
        try await kafka.fixture.commit("kept", "count-kept", [0: 0])
        let run = try await SluiceCommand.gate(
            "lag_budget", on: .source, set: ["groups=kept", "topics=count-kept,count-gone"])
        #expect(run.exitCode == 2, "\(run.errors)")
        #expect(try run.evidence.reasons(of: "lag_budget").contains("UNKNOWN_TOPIC_OR_PARTITION"))
    }
}

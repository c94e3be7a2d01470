import Testing

/// Which groups and topics `lag_budget` looks at.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct LagSelectionTests {
    /// Two groups on two topics, where each place has a lag of its own.
    private static let world = Task {
        let kafka = try await SharedCluster.source.kafka
        for topic in ["pick-a", "pick-b"] {
            try await kafka.fixture.createTopic(topic)
            try await kafka.fixture.produce(10, to: topic)
        }
        try await kafka.fixture.commit("pick-one", "pick-a", [0: 9])
        try await kafka.fixture.commit("pick-one", "pick-b", [0: 8])
        try await kafka.fixture.commit("pick-two", "pick-a", [0: 7])
        try await kafka.fixture.createTopic(
            "swept",
            settings: [
                "cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.0",
                "max.compaction.lag.ms": "100",
            ])
        return kafka
    }

    @Test(
        "Names and globs select, an exclamation mark excludes",
        arguments: [
            (["groups=pick-*"], ["one a 1", "one b 2", "two a 3"]),
            (["groups=pick-*,!pick-two"], ["one a 1", "one b 2"]),
            (["groups=pick-o?e"], ["one a 1", "one b 2"]),
            (["groups=pick-[st]*"], ["two a 3"]),
            (["groups=pick-one,pick-two", "topics=pick-a"], ["one a 1", "two a 3"]),
            (["groups=pick-one", "topics=pick-*,!pick-a"], ["one b 2"]),
        ])
    func selected(set: [String], expected: [String]) async throws {
        let run = try await gate(set + ["max_lag=3"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let found = try run.evidence.measured("lag", gate: "lag_budget").map { measured in
            let group = measured.subject["group"].string?.dropFirst(5) ?? ""
            let topic = measured.subject["topic"].string?.dropFirst(5) ?? ""
            return "\(group) \(topic) \(measured.actual.integer ?? -1)"
        }
        #expect(found.sorted() == expected)
    }

    @Test(
        "A selection that matches nothing is inconclusive, even beside one that matches",
        arguments: [
            ["groups=nobody-*"], ["groups=pick-*,nobody-*"], ["groups=pick-one", "topics=nothing-*"],
            ["groups=pick-one", "topics=pick-a,nothing-*"], ["groups=pick-one", "topics=pick-a,nothing"],
            ["groups=pick-one,!pick-one"], ["groups=pick-*,nobody"],
            // A dot is a dot, not a pattern of its own.
            ["groups=pick.*"],
        ])
    func nothing(set: [String]) async throws {
        let run = try await gate(set + ["max_lag=1000"])
        #expect(run.exitCode == 2, "\(run.errors)")
        #expect(try run.evidence.verdict(of: "lag_budget") == "inconclusive")
    }

    @Test("A topic that the group has no commit in is unknown, not without lag")
    func uncommittedTopic() async throws {
        let run = try await gate(["groups=pick-two", "topics=pick-b", "max_lag=1000"])
        #expect(run.exitCode == 2)
        #expect(try run.evidence.of("unknown", gate: "lag_budget").first?["subject"]["topic"] == "pick-b")
    }

    @Test(
        "A topic that a live member reads and has no commit in is unknown",
        arguments: KafkaFixture.GroupProtocol.allCases)
    func assignedTopic(membership: KafkaFixture.GroupProtocol) async throws {
        let kafka = try await Self.world.value
        let group = "live-\(membership)"
        try await kafka.fixture.join(group, membership, topics: "pick-a", "pick-b")
        let fresh = try await gate(["groups=\(group)", "max_lag=1000"])
        #expect(fresh.exitCode == 2, "\(fresh.errors)")
        try await kafka.fixture.commit(group, "pick-a", [0: 10])
        let half = try await gate(["groups=\(group)", "max_lag=1000"])
        #expect(half.exitCode == 2, "\(half.errors)")
        #expect(try half.evidence.of("unknown", gate: "lag_budget").map { $0["subject"]["topic"] } == ["pick-b"])
        try await kafka.fixture.commit(group, "pick-b", [0: 10])
        let whole = try await gate(["groups=\(group)", "max_lag=0"])
        #expect(whole.exitCode == 0, "\(whole.errors)")
        try await kafka.fixture.leave(group)
    }

    @Test("What compaction took away is no lag")
    func compacted() async throws {
        let kafka = try await Self.world.value
        let topic = "swept"
        // The same keys again and again; a later segment lets the earlier ones be cleaned.
        for _ in 0..<4 { try await kafka.fixture.produce(50, to: topic, codec: .gzip) }
        var left = 200
        for _ in 0..<60 where left >= 200 {
            try await kafka.fixture.produce(1, to: topic)
            left = try await kafka.fixture.count(in: topic, from: 0)
            if left >= 200 { try await Task.sleep(for: .milliseconds(250)) }
        }
        try #require(left < 200, "the cleaner did not run")
        try await kafka.fixture.commit("swept", topic, [0: 0])
        let run = try await gate(["groups=swept", "max_lag=0"])
        // Another round of cleaning may come in between.
        let check = try #require(try run.evidence.checks("lag", gate: "lag_budget", ok: false).first)
        let after = try await kafka.fixture.count(in: topic, from: 0)
        let counted = try #require(check["actual"].integer)
        #expect((Int64(after)...Int64(left)).contains(counted))
        let span = try #require(check["facts"]["span"].integer)
        #expect(span >= 201)
    }

    private func gate(_ set: [String]) async throws -> SluiceCommand.Result {
        _ = try await Self.world.value
        return try await SluiceCommand.gate("lag_budget", on: .source, set: set)
    }
}
